'use client';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import { sumOf } from '#core/math/tally.ts';
import { useText } from '../../../_text/text.tsx';
import { formatNumber } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';

/** Classes listed at most, the largest first. */
const LISTED = 24;

export interface Tallies {
  newBySplit: Partial<Record<Split, number>>;
  labeledByClass: Partial<Record<string, number>>;
}

/** Is there anything to tell? Not of imports from before this was counted. */
export const hasTallies = ({ newBySplit, labeledByClass }: Tallies): boolean =>
  sumOf(newBySplit) + sumOf(labeledByClass) > 0;

/** Where the new images of an import went, and which classes its labels gave. */
export function ImportTally({ tallies: { newBySplit, labeledByClass } }: { tallies: Tallies }) {
  const { t } = useText();
  const { classById } = useProject();
  const counts = Object.entries(labeledByClass)
    .flatMap(([id, n]) => (n === undefined ? [] : [{ id, n, look: classById.get(id) }]))
    .sort((a, b) => b.n - a.n);
  return (
    <dl className="space-y-2 text-sm">
      {sumOf(newBySplit) > 0 && (
        <div>
          <dt className="text-xs text-muted">{t('data.newBySplit')}</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">
            {SPLITS.map((split) => (
              <span key={split}>
                <b className="font-medium tabular">{formatNumber(newBySplit[split] ?? 0)}</b>{' '}
                {t(`common.split.${split}`)}
              </span>
            ))}
          </dd>
        </div>
      )}
      {counts.length > 0 && (
        <div>
          <dt className="text-xs text-muted">{t('data.labelsByClass')}</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">
            {counts.slice(0, LISTED).map(({ id, n, look }) => (
              <span key={id} className="flex items-center gap-1.5">
                <b className="font-medium tabular">{formatNumber(n)}</b>{' '}
                {look === undefined ? t('data.ofDeletedClass') : <ClassBadge look={look} size="sm" />}
              </span>
            ))}
            {counts.length > LISTED && (
              <span className="text-muted">{t('data.moreClassesToo', { count: counts.length - LISTED })}</span>
            )}
          </dd>
        </div>
      )}
    </dl>
  );
}
