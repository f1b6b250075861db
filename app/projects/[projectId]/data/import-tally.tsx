'use client';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import { sumOf } from '#core/math/tally.ts';
import { formatNumber } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';

/** Classes listed at most, the largest first. */
const LISTED = 24;
const SPLIT_WORDS: Record<Split, string> = { pool: 'training pool', validation: 'validation', test: 'test' };

export interface Tallies {
  newBySplit: Partial<Record<Split, number>>;
  labeledByClass: Partial<Record<string, number>>;
}

/** Is there anything to tell? Not of imports from before this was counted. */
export const hasTallies = ({ newBySplit, labeledByClass }: Tallies): boolean =>
  sumOf(newBySplit) + sumOf(labeledByClass) > 0;

/** Where the new images of an import went, and which classes its labels gave. */
export function ImportTally({ tallies: { newBySplit, labeledByClass } }: { tallies: Tallies }) {
  const { classById } = useProject();
  const counts = Object.entries(labeledByClass)
    .flatMap(([id, n]) => (n === undefined ? [] : [{ id, n, look: classById.get(id) }]))
    .sort((a, b) => b.n - a.n);
  return (
    <dl className="space-y-2 text-sm">
      {sumOf(newBySplit) > 0 && (
        <div>
          <dt className="text-xs text-muted">New images by split</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">
            {SPLITS.map((split) => (
              <span key={split}>
                <b className="font-medium tabular">{formatNumber(newBySplit[split] ?? 0)}</b> {SPLIT_WORDS[split]}
              </span>
            ))}
          </dd>
        </div>
      )}
      {counts.length > 0 && (
        <div>
          <dt className="text-xs text-muted">Labels by class</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">
            {counts.slice(0, LISTED).map(({ id, n, look }) => (
              <span key={id} className="flex items-center gap-1.5">
                <b className="font-medium tabular">{formatNumber(n)}</b>{' '}
                {look === undefined ? 'of a deleted class' : <ClassBadge look={look} size="sm" />}
              </span>
            ))}
            {counts.length > LISTED && <span className="text-muted">and {counts.length - LISTED} more classes</span>}
          </dd>
        </div>
      )}
    </dl>
  );
}
