import { negativeLogLikelihood, softmax } from '#core/math/probabilities.ts';

/**
 * What the temperature is believed to be before anything is measured. Propagation spreads its labels thin, so that its
 * answers are far surer than they look: the best temperature over three sets lay
 * between 0.1 and 0.35 at few labels, 0.3 and 0.7 at many.
 */
const USUAL = 0.25;
/** How firmly: a factor of e^0.5 away costs half a nat, as much as one answer that is somewhat off. */
const SPREAD = 0.5;

const LOWEST = 0.05;
const HIGHEST = 10;
const STEPS = 60;

/**
 * The temperature that makes answers likeliest (Guo et al. 2017), with a log-normal belief for few of them: with none
 * the belief alone speaks, with a hundred it no longer matters.
 * @param logits [n, classes] of answers that were not learned from
 * @param truth class index of each
 */
export function fitTemperatureWithBelief(logits: Float32Array, truth: readonly number[], classes: number): number {
  let best = USUAL;
  let least = Infinity;
  for (let step = 0; step <= STEPS; step += 1) {
    const t = LOWEST * (HIGHEST / LOWEST) ** (step / STEPS);
    const fit =
      truth.length === 0 ? 0 : truth.length * negativeLogLikelihood(softmax(logits, classes, t), truth, classes);
    const loss = fit + (Math.log(t / USUAL) / SPREAD) ** 2 / 2;
    if (loss < least) [least, best] = [loss, t];
  }
  return best;
}
