/** Which run settings fit together. */
import { chainOf, hasStudents } from './chain-of.ts';
import { checkChain } from '../chain/chain.ts';
import type { RunConfig } from './learning.ts';

/** What is wrong with these settings and how to mend it; null when they fit together. */
export function checkRunConfig(config: RunConfig): string | null {
  if (config.chain === null) {
    if (config.method === 'distill' && !config.exportModel)
      return 'Distillation needs the model to distil into: choose an export model.';
    if (config.method === 'noisy-student' && config.students.length === 0) return 'Add at least one student round.';
  }
  const problem = checkChain(chainOf(config));
  if (problem) return problem;
  if (hasStudents(config) && config.batchPseudo === 0)
    return 'A student learns from pseudo-labels: set at least one per batch.';
  if (config.warmup >= 1) return 'Warm-up must end before training does.';
  return null;
}

/**
 * The temperature that turns a stored, calibrated vector p = softmax(z) into softmax(z / T): p^(1/T), scaled to sum 1.
 */
export function atTemperature(probabilities: readonly number[], temperature: number): number[] {
  const logs = probabilities.map((p) => Math.log(Math.max(p, 1e-12)) / temperature);
  const top = Math.max(...logs);
  const raised = logs.map((value) => Math.exp(value - top));
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
}
