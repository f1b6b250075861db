import { backboneLink, scratchLink } from '../chain/chain.ts';
import type { ChainLink } from '../chain/chain-link.ts';
import type { RunConfig } from './learning.ts';

/** The rounds of a run: as they are stored, or what an earlier run's method meant. */
export function chainOf(config: RunConfig): ChainLink[] {
  if (config.chain) return config.chain;
  const { method, backboneId, inputSize: side } = config;
  const body = { backboneId, side };
  const tuned = method === 'fine-tune' || (method === 'distill' && backboneId !== null);
  const teacher =
    method === 'frozen'
      ? backboneLink('teacher', 'frozen', body)
      : tuned
        ? backboneLink('teacher', 'fine-tuned', body)
        : // Pseudo-labels are averaged; where no noisy student follows, more teachers would teach nobody.
          scratchLink('teacher', config.teacher, side, method === 'noisy-student' ? config.teachers : 1);
  const students = method === 'distill' ? [] : config.students;
  return [
    teacher,
    ...students.map((model) => scratchLink('student', model, side)),
    ...(config.exportModel ? [scratchLink('distilled', config.exportModel, side)] : []),
  ];
}

/** Does any round of the chain learn from pseudo-labels? */
export const hasStudents = (config: RunConfig): boolean => chainOf(config).some(({ role }) => role === 'student');

/** Backbones that a chain stands on, each once. */
export const backbonesOf = (config: RunConfig): string[] => [
  ...new Set(chainOf(config).flatMap(({ backboneId }) => (backboneId === null ? [] : [backboneId]))),
];
