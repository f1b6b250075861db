'use client';
import { useText } from '../../../../../../_text/text.tsx';
import { Panel } from '../../../../../../_ui/panel.tsx';
import type { Outputs } from '../../../../../../_lib/api.ts';
import { roundTitle } from '../../../../../../_runs/words.tsx';

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
  const { t, format } = useText();
  const teacher = siblings.find(({ id }) => id === round.teacherRoundId);
  const thresholds = classes.flatMap(({ name, threshold }) =>
    threshold === null ? [] : [`${name} ${format.percent(threshold, 0)}`],
  );
  const rows: [string, string, boolean][] = [
    [t('runround.seed'), String(round.seed), true],
    [t('runround.teacher'), teacher ? roundTitle(t, teacher) : t('runround.noTeacher'), false],
    [
      t('runround.labeledSet'),
      round.labeledHash === null
        ? '–'
        : t('runround.labeledHash', { count: round.labeledCount, hash: `${round.labeledHash.slice(0, 16)}…` }),
      true,
    ],
    [t('runround.thresholds'), thresholds.length === 0 ? t('runround.none') : thresholds.join(', '), false],
    [t('runround.code'), round.run.codeVersion ?? '–', true],
  ];
  return (
    <Panel title={t('runround.frozen')} description={t('runround.frozenWhy')}>
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
