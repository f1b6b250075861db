import { classKey } from '../project/class-key.ts';
import type { ImportedRow } from './types.ts';

/**
 * The class that a file's consensus names, else the one that most people's answers of one image name; null where none
 * does or where several lead: such an image is for people to decide. Spellings of one class (case, white space, Unicode
 * form) count together, under the one that comes first.
 */
export function settle(answers: readonly Pick<ImportedRow, 'className' | 'by'>[]): string | null {
  const votes = new Map<string, { name: string; count: number }>();
  const decided = answers.filter(({ by }) => by === 'consensus');
  for (const { className } of decided.length > 0 ? decided : answers.filter(({ by }) => by !== 'model')) {
    if (className === null) continue;
    const vote = votes.get(classKey(className));
    if (vote) vote.count += 1;
    else votes.set(classKey(className), { name: className, count: 1 });
  }
  const [first, second] = [...votes.values()].sort((a, b) => b.count - a.count);
  return first && first.count > (second?.count ?? 0) ? first.name : null;
}
