/**
 * Triangular rate: from 0 up to the peak over the first `warmup` share of the steps, then down to 0 (Jordan 2024,
 * airbench). Step counts from 0; the rate is that of the middle of the step, so that neither end is wasted on rate 0.
 */
export function triangular(step: number, steps: number, warmup: number): number {
  const at = (step + 0.5) / steps;
  return at < warmup ? at / warmup : (1 - at) / Math.max(1e-9, 1 - warmup);
}

/** Decay of an average that is young: min(d, (1 + t)/(10 + t)) after t updates. */
export const emaDecayAt = (decay: number, t: number): number => Math.min(decay, (1 + t) / (10 + t));
