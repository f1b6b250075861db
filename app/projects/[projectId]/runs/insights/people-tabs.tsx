'use client';
import { useText } from '../../../../_text/text.tsx';
import type { Outputs } from '../../../../_lib/api.ts';
import { Panel } from '../../../../_ui/panel.tsx';
import { Interval, Stat, StatRow } from '../../../../_ui/stat.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';

type Trust = Outputs['insight']['trust'];

export function OrderTab({ reasons }: { reasons: Trust['reasons'] }) {
  const { t, format } = useText();
  if (reasons.length === 0) return <Notice>{t('runinsight.nothingSent')}</Notice>;
  return (
    <Panel title={t('runinsight.beats')} description={t('runinsight.beatsWhy')} flush>
      <Table label={t('runinsight.byReason')}>
        <thead>
          <tr>
            <Th>{t('runinsight.reason')}</Th>
            <Th numeric>{t('runinsight.waiting')}</Th>
            <Th numeric>{t('runinsight.answered')}</Th>
            <Th numeric>{t('runinsight.correctedShare')}</Th>
            <Th numeric>{t('runinsight.againstChance')}</Th>
          </tr>
        </thead>
        <tbody>
          {reasons.map((row) => (
            <Tr key={row.reason}>
              <Td>{t(`review.reason.${row.reason}`)}</Td>
              <Td numeric className="tabular">
                {format.number(row.open)}
              </Td>
              <Td numeric className="tabular">
                {format.number(row.answered)}
              </Td>
              <Td numeric>
                <Interval value={row.corrected.share} interval={row.corrected.interval} />
              </Td>
              <Td numeric className="tabular">
                {row.reason === 'audit'
                  ? t('runinsight.isChance')
                  : row.lift === null
                    ? '–'
                    : `${row.lift.toFixed(1)}×`}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

export function AnchoringTab({ anchoring }: { anchoring: Trust['anchoring'] }) {
  const { format, t } = useText();
  const { shown, hidden, effect } = anchoring;
  const answersIn = ({ n, medianMs }: typeof shown): string =>
    t('runinsight.answersIn', { count: n, duration: format.duration(medianMs === null ? null : medianMs / 1000) });
  return (
    <div className="space-y-4">
      <Notice tone={effect && effect.interval[0] > 0 ? 'warn' : 'neutral'}>
        {effect === null
          ? t('runinsight.anchorUnknown')
          : t(effect.interval[0] > 0 ? 'runinsight.anchorSwayed' : 'runinsight.anchorNone', {
              points: format.points(effect.difference),
              low: format.points(effect.interval[0]),
              high: format.points(effect.interval[1]),
            })}
      </Notice>
      <StatRow>
        <Stat
          label={t('runinsight.shown')}
          value={format.percent(shown.share)}
          interval={shown.share === null ? null : shown.interval}
          note={answersIn(shown)}
        />
        <Stat
          label={t('runinsight.hidden')}
          value={format.percent(hidden.share)}
          interval={hidden.share === null ? null : hidden.interval}
          note={answersIn(hidden)}
        />
        <Stat
          label={t('runinsight.effect')}
          value={effect ? t('runinsight.points', { points: format.points(effect.difference) }) : '–'}
          note={
            effect
              ? t('runinsight.range', {
                  low: format.points(effect.interval[0]),
                  high: format.points(effect.interval[1]),
                })
              : t('runinsight.needsBoth')
          }
        />
      </StatRow>
    </div>
  );
}
