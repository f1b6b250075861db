'use client';
import { useText } from '../_text/text.tsx';
import { BarWithInterval } from '../_charts/bars.tsx';
import type { Outputs } from '../_lib/api.ts';
import { ClassBadge } from '../_ui/class-badge.tsx';
import { Interval } from '../_ui/stat.tsx';
import { Table, Td, Th, Tr } from '../_ui/table.tsx';

export type RoundFigures = Outputs['round']['get']['figures'];

/** Recall and precision a class, with intervals and counts. */
export function ClassTable({ figures }: { figures: RoundFigures }) {
  const { t, format } = useText();
  return (
    <Table label={t('runround.classFigures')}>
      <thead>
        <tr>
          <Th>{t('runround.class')}</Th>
          <Th numeric>{t('runround.validationImages')}</Th>
          <Th numeric>{t('runround.recall')}</Th>
          <Th numeric>{t('runround.answers')}</Th>
          <Th numeric>{t('runround.precision')}</Th>
          <Th numeric>{t('runround.labeled')}</Th>
          <Th numeric>{t('runround.accepted')}</Th>
          <Th numeric>{t('runround.threshold')}</Th>
        </tr>
      </thead>
      <tbody>
        {figures.classes.map((one) => (
          <Tr key={one.id}>
            <Td>
              <ClassBadge look={one} />
            </Td>
            <Td numeric className="tabular">
              {format.number(one.support)}
            </Td>
            <Td numeric>
              <Interval value={one.recall ?? null} interval={one.recallInterval ?? null} />
            </Td>
            <Td numeric className="tabular">
              {format.number(one.predicted)}
            </Td>
            <Td numeric>
              <Interval value={one.precision ?? null} interval={one.precisionInterval ?? null} />
            </Td>
            <Td numeric className="tabular">
              {format.number(one.labeled)}
            </Td>
            <Td numeric className="tabular">
              {format.number(one.accepted)}
            </Td>
            <Td numeric className="tabular">
              {format.percent(one.threshold, 0)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Shares of accepted pseudo-labels against the prior: a class far from it is over- or underfed. */
export function PriorBars({ figures }: { figures: RoundFigures }) {
  const { t } = useText();
  return (
    <BarWithInterval
      label={t('runround.priorShare')}
      againstLabel={t('runround.prior')}
      rows={figures.classes.map((one) => ({
        id: one.id,
        name: one.name,
        label: <ClassBadge look={one} size="sm" />,
        value: one.acceptedShare,
        against: one.prior,
        note: t('runround.acceptedCount', { count: one.accepted }),
      }))}
    />
  );
}

/** Precision that people confirmed on randomly drawn pseudo-labels, by stated confidence. */
export function AuditBars({ audit }: { audit: RoundFigures['audit'] }) {
  const { t, format } = useText();
  const rows = audit.byBin.filter(({ n }) => n > 0);
  if (audit.overall.n + audit.pool.n === 0) return <p className="text-sm text-muted">{t('runround.noAudit')}</p>;
  return (
    <div className="space-y-3">
      <dl className="grid grid-cols-[auto_auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt>{t('runround.acceptedPseudo')}</dt>
        <dd>
          <Interval value={audit.overall.precision} interval={audit.overall.interval} className="font-medium" />
        </dd>
        <dd className="text-muted">{t('runround.ofAudited', { count: audit.overall.n })}</dd>
        <dt>{t('runround.wholePool')}</dt>
        <dd>
          <Interval value={audit.pool.precision} interval={audit.pool.interval} className="font-medium" />
        </dd>
        <dd className="text-muted">{t('runround.ofAudited', { count: audit.pool.n })}</dd>
      </dl>
      {rows.length > 0 && (
        <BarWithInterval
          label={t('runround.auditedBy')}
          rows={rows.map((bin) => {
            const name = `${format.percent(bin.from, 0)}–${format.percent(bin.to, 0)}`;
            return {
              id: name,
              name,
              label: name,
              value: bin.precision,
              interval: bin.interval,
              note: t('runround.rightOf', { right: bin.right, count: bin.n }),
            };
          })}
        />
      )}
    </div>
  );
}
