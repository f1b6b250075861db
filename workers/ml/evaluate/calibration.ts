import { negativeLogLikelihood, softmax } from '#core/math/probabilities.ts';

const LOWEST = 0.05;
const HIGHEST = 20;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature T that makes softmax(z/T) likeliest on validation (Guo et al. 2017), by golden-section search over
 * log T. The negative log-likelihood is unimodal in T. Without data T is 1.
 * @param logits [n, classes]
 * @param truth class index of each row
 */
export function fitTemperature(logits: ArrayLike<number>, truth: ArrayLike<number>, classCount: number): number {
  if (truth.length === 0) return 1;
  const loss = (logT: number): number =>
    negativeLogLikelihood(softmax(logits, classCount, Math.exp(logT)), truth, classCount);
  let [low, high] = [Math.log(LOWEST), Math.log(HIGHEST)];
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossA, lossB] = [loss(a), loss(b)];
  while (high - low > 1e-3) {
    if (lossA < lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - GOLDEN * (high - low);
      lossA = loss(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + GOLDEN * (high - low);
      lossB = loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}
