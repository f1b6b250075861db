'use client';
import { BarWithInterval } from '../_charts/bars.tsx';
import type { Outputs } from '../_lib/api.ts';
import { formatNumber, formatPercent } from '../_lib/format.ts';
import { ClassBadge } from '../_ui/class-badge.tsx';
import { Interval } from '../_ui/stat.tsx';
import { Table, Td, Th, Tr } from '../_ui/table.tsx';

export type RoundFigures = Outputs['round']['get']['figures'];

/** Recall and precision a class, with intervals and counts. */
export function ClassTable({ figures }: { figures: RoundFigures }) {
  return (
    <Table label="Figures by class">
      <thead>
        <tr>
          <Th>Class</Th>
          <Th numeric>Validation images</Th>
          <Th numeric>Recall</Th>
          <Th numeric>Answers</Th>
          <Th numeric>Precision</Th>
          <Th numeric>Labeled</Th>
          <Th numeric>Accepted</Th>
          <Th numeric>Threshold</Th>
        </tr>
      </thead>
      <tbody>
        {figures.classes.map((one) => (
          <Tr key={one.id}>
            <Td>
              <ClassBadge look={one} />
            </Td>
            <Td numeric className="tabular">
              {formatNumber(one.support)}
            </Td>
            <Td numeric>
              <Interval value={one.recall ?? null} interval={one.recallInterval ?? null} />
            </Td>
            <Td numeric className="tabular">
              {formatNumber(one.predicted)}
            </Td>
            <Td numeric>
              <Interval value={one.precision ?? null} interval={one.precisionInterval ?? null} />
            </Td>
            <Td numeric className="tabular">
              {formatNumber(one.labeled)}
            </Td>
            <Td numeric className="tabular">
              {formatNumber(one.accepted)}
            </Td>
            <Td numeric className="tabular">
              {formatPercent(one.threshold, 0)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Shares of accepted pseudo-labels against the prior: a class far from it is over- or underfed. */
export function PriorBars({ figures }: { figures: RoundFigures }) {
  return (
    <BarWithInterval
      label="Share of accepted pseudo-labels, against the prior from human labels"
      againstLabel="prior"
      rows={figures.classes.map((one) => ({
        id: one.id,
        name: one.name,
        label: <ClassBadge look={one} size="sm" />,
        value: one.acceptedShare,
        against: one.prior,
        note: `${formatNumber(one.accepted)} accepted`,
      }))}
    />
  );
}

/** Precision that people confirmed on randomly drawn pseudo-labels, by stated confidence. */
export function AuditBars({ audit }: { audit: RoundFigures['audit'] }) {
  const rows = audit.byBin.filter(({ n }) => n > 0);
  if (audit.overall.n + audit.pool.n === 0)
    return (
      <p className="text-sm text-muted">
        No audited item of this round is answered yet. Queue an audit, and answer it in review: it is the only unbiased
        estimate of precision.
      </p>
    );
  return (
    <div className="space-y-3">
      <dl className="grid grid-cols-[auto_auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt>Accepted pseudo-labels</dt>
        <dd>
          <Interval value={audit.overall.precision} interval={audit.overall.interval} className="font-medium" />
        </dd>
        <dd className="text-muted">of {formatNumber(audit.overall.n)} audited</dd>
        <dt>The whole pool</dt>
        <dd>
          <Interval value={audit.pool.precision} interval={audit.pool.interval} className="font-medium" />
        </dd>
        <dd className="text-muted">of {formatNumber(audit.pool.n)} audited</dd>
      </dl>
      {rows.length > 0 && (
        <BarWithInterval
          label="Audited precision by confidence"
          rows={rows.map((bin) => {
            const name = `${formatPercent(bin.from, 0)}–${formatPercent(bin.to, 0)}`;
            return {
              id: name,
              name,
              label: name,
              value: bin.precision,
              interval: bin.interval,
              note: `${bin.right} of ${bin.n}`,
            };
          })}
        />
      )}
    </div>
  );
}
