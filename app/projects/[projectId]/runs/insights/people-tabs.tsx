'use client';
import { useText } from '../../../../_text/text.tsx';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatNumber, formatPercent, formatPoints, plural } from '../../../../_lib/format.ts';
import { Panel } from '../../../../_ui/panel.tsx';
import { Interval, Stat, StatRow } from '../../../../_ui/stat.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';

type Trust = Outputs['insight']['trust'];

export function OrderTab({ reasons }: { reasons: Trust['reasons'] }) {
  const { t } = useText();
  if (reasons.length === 0) return <Notice>No review item was sent yet.</Notice>;
  return (
    <Panel
      title="Does the order beat chance?"
      description={
        'How often people corrected the model, by why the image was sent. The random audit is the control ' +
        'arm: other reasons should find more.'
      }
      flush
    >
      <Table label="Corrections by reason">
        <thead>
          <tr>
            <Th>Reason</Th>
            <Th numeric>Waiting</Th>
            <Th numeric>Answered</Th>
            <Th numeric>Corrected</Th>
            <Th numeric>Against chance</Th>
          </tr>
        </thead>
        <tbody>
          {reasons.map((row) => (
            <Tr key={row.reason}>
              <Td>{t(`review.reason.${row.reason}`)}</Td>
              <Td numeric className="tabular">
                {formatNumber(row.open)}
              </Td>
              <Td numeric className="tabular">
                {formatNumber(row.answered)}
              </Td>
              <Td numeric>
                <Interval value={row.corrected.share} interval={row.corrected.interval} />
              </Td>
              <Td numeric className="tabular">
                {row.reason === 'audit' ? 'is chance' : row.lift === null ? '–' : `${row.lift.toFixed(1)}×`}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

export function AnchoringTab({ anchoring }: { anchoring: Trust['anchoring'] }) {
  const { format } = useText();
  const { shown, hidden, effect } = anchoring;
  return (
    <div className="space-y-4">
      <Notice tone={effect && effect.interval[0] > 0 ? 'warn' : 'neutral'}>
        {effect === null
          ? 'The guess is hidden on a random share of review items (a project setting). Once both kinds are ' +
            'answered, this page says whether seeing it sways people.'
          : effect.interval[0] > 0
            ? `People agree with the guess ${formatPoints(effect.difference)} points more when they see it ` +
              `(${formatPoints(effect.interval[0])} to ${formatPoints(effect.interval[1])}): they are swayed. ` +
              `Consider showing it only after the answer.`
            : `Seeing the guess changes agreement by ${formatPoints(effect.difference)} points ` +
              `(${formatPoints(effect.interval[0])} to ${formatPoints(effect.interval[1])}): no sway can be shown.`}
      </Notice>
      <StatRow>
        <Stat
          label="Agreed, guess shown"
          value={formatPercent(shown.share)}
          interval={shown.share === null ? null : shown.interval}
          note={
            `${plural(shown.n, 'answer')}, median ` +
            `${format.duration(shown.medianMs === null ? null : shown.medianMs / 1000)}`
          }
        />
        <Stat
          label="Agreed, guess hidden"
          value={formatPercent(hidden.share)}
          interval={hidden.share === null ? null : hidden.interval}
          note={
            `${plural(hidden.n, 'answer')}, median ` +
            `${format.duration(hidden.medianMs === null ? null : hidden.medianMs / 1000)}`
          }
        />
        <Stat
          label="Anchoring effect"
          value={effect ? `${formatPoints(effect.difference)} points` : '–'}
          note={
            effect ? `${formatPoints(effect.interval[0])} to ${formatPoints(effect.interval[1])}` : 'needs both kinds'
          }
        />
      </StatRow>
    </div>
  );
}
