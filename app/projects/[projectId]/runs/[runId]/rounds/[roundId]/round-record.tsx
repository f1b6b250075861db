'use client';
import { roundName } from '#core/run/run.ts';
import { formatPercent, plural } from '../../../../../../_lib/format.ts';
import { Panel } from '../../../../../../_ui/panel.tsx';
import type { Outputs } from '../../../../../../_lib/api.ts';

type RoundView = Outputs['round']['get'];
type Sibling = Pick<RoundView['round'], 'id' | 'index' | 'role' | 'member'>;

/** What the round was frozen with: enough to make it again, and to see that nothing was changed since. */
export function RoundRecord({
  round,
  siblings,
  classes,
}: {
  round: RoundView['round'];
  siblings: readonly Sibling[];
  classes: readonly { name: string; threshold: number | null }[];
}) {
  const teacher = siblings.find(({ id }) => id === round.teacherRoundId);
  const thresholds = classes.flatMap(({ name, threshold }) =>
    threshold === null ? [] : [`${name} ${formatPercent(threshold, 0)}`],
  );
  const rows: [string, string, boolean][] = [
    ['Seed', String(round.seed), true],
    ['Teacher', teacher ? roundName(teacher) : 'none: human labels alone', false],
    [
      'Labeled set',
      round.labeledHash === null
        ? '–'
        : `${plural(round.labeledCount, 'image')}, SHA-256 ${round.labeledHash.slice(0, 16)}…`,
      true,
    ],
    ['Thresholds', thresholds.length === 0 ? 'none' : thresholds.join(', '), false],
    ['Code', round.run.codeVersion ?? '–', true],
  ];
  return (
    <Panel title="Frozen with" description="The same gives the same round again.">
      <dl className="space-y-1.5 text-sm">
        {rows.map(([name, value, mono]) => (
          <div key={name} className="flex gap-3">
            <dt className="w-28 shrink-0 text-muted">{name}</dt>
            <dd className={mono ? 'min-w-0 font-mono text-xs leading-5 break-words' : 'min-w-0'}>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
