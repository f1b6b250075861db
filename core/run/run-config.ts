/** Which run settings fit together. */
import { chainOf, hasStudents } from './chain-of.ts';
import { checkChain } from '../chain/chain.ts';
import type { RunConfig } from './learning.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';

/** What is wrong with these settings and how to mend it; null when they fit together. */
export function checkRunConfig(config: RunConfig): Said | null {
  if (config.chain === null) {
    if (config.method === 'distill' && !config.exportModel) return say('why.distillInto');
    if (config.method === 'noisy-student' && config.students.length === 0) return say('why.addStudent');
  }
  const problem = checkChain(chainOf(config));
  if (problem) return problem;
  if (hasStudents(config) && config.batchPseudo === 0) return say('why.noPseudo');
  if (config.warmup >= 1) return say('why.warmup');
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
