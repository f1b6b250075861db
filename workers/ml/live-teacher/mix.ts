import { softmax } from '#core/math/probabilities.ts';

/** How much each of the two teachers says: probability ∝ probe^probe · propagated^propagated. */
export interface Mix {
  probe: number;
  propagated: number;
}

/**
 * Labels a class from which the probe has its full say. Below it knows too little: with one label a class it is right
 * on 80% of dogs and cats where propagation is right on 93 (docs/decisions/0030-live-teacher.md).
 */
const PROBE_LABELS = 20;
/** Labels a class from which cross-validation chooses between mixes reliably. */
export const CHOOSE_LABELS = 20;

/** What cross-validation chooses from. */
export const MIXES: readonly Mix[] = [
  { probe: 0, propagated: 1 },
  { probe: 0.25, propagated: 1 },
  { probe: 0.5, propagated: 1 },
  { probe: 1, propagated: 1 },
  { probe: 1, propagated: 0.5 },
  { probe: 1, propagated: 0.25 },
  { probe: 1, propagated: 0 },
];

/** The mix by the number of labels alone, for want of evidence. */
export const usualMix = (labelsPerClass: number): Mix => ({
  probe: Math.min(1, labelsPerClass / PROBE_LABELS),
  propagated: 1,
});

/** Below this a probability is taken for it: propagation may say an honest zero, which no probe could mend. */
const LEAST = 1e-4;

/**
 * Logits of a mix; their softmax is the answer.
 * @param probe logits of the probe, [n, classes]
 * @param propagated probabilities, [n, classes]; null where there is no graph
 */
export function mixLogits(
  probe: Float32Array,
  propagated: Float32Array | null,
  classes: number,
  mix: Mix,
): Float32Array {
  const probabilities = softmax(probe, classes);
  const out = new Float32Array(probe.length);
  for (let i = 0; i < out.length; i += 1) {
    const own = Math.log(Math.max(probabilities[i] as number, LEAST * LEAST));
    const other = propagated ? Math.log(Math.max(propagated[i] as number, LEAST)) : 0;
    out[i] = propagated ? mix.probe * own + mix.propagated * other : own;
  }
  return out;
}
