'use client';
import { useText } from '../../../../_text/text.tsx';
import { differingSettings } from '#core/book/settings.ts';
import { originOf } from '#core/run/plan-rounds.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatNumber } from '../../../../_lib/format.ts';
import { Panel } from '../../../../_ui/panel.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { useBackboneNames } from '../../../../_runs/use-backbone-names.ts';
import { modelWords } from '../../../../_runs/words.tsx';

type Pair = Outputs['compare']['pair'];

/** What two frozen rounds were made of, and where that differs: labels, pseudo-labels, settings. */
export function LearnedFrom({ pair }: { pair: Pair }) {
  const { t } = useText();
  const { first, second, learned } = pair;
  const names = new Map(pair.classes.map(({ id, name }) => [id, name]));
  const backbones = useBackboneNames(first.run.projectId);
  const what = (round: Pair['first']) =>
    modelWords(t, { model: round.model, ...originOf(round.run.config, round) }, backbones);
  const [before, after] = [what(first), what(second)];
  const settings = differingSettings([first.run.config, second.run.config], { backbones, classes: names })
    .filter(({ key }) => key !== 'seed')
    .map(({ name, values: [a, b] }) => [name, a?.value ?? '–', b?.value ?? '–'] as const);
  const differences = [
    ...(before === after ? [] : [['Model', before, after] as const]),
    ...(first.seed === second.seed ? [] : [['Seed', String(first.seed), String(second.seed)] as const]),
    ...(first.run.codeVersion === second.run.codeVersion
      ? []
      : [['Code', first.run.codeVersion ?? '–', second.run.codeVersion ?? '–'] as const]),
    ...settings,
  ];
  return (
    <Panel
      title="What they learned from"
      description={
        'As it was frozen with each round: labels, pseudo-labels and settings. What moved in the pool is ' +
        'counted anew, as people label.'
      }
      flush
    >
      <Table label="What they learned from">
        <thead>
          <tr>
            <Th>Set</Th>
            <Th numeric>Alike</Th>
            <Th numeric>Only in the second</Th>
            <Th numeric>Only in the first</Th>
            <Th numeric>Other class</Th>
          </tr>
        </thead>
        <tbody>
          {(
            [
              ['Human labels', learned.labels],
              ['Pseudo-labels', learned.pseudo],
            ] as const
          ).map(([name, diff]) => (
            <Tr key={name}>
              <Td>{name}</Td>
              <Td numeric className="tabular">
                {formatNumber(diff.same)}
              </Td>
              <Td numeric className="tabular">
                {formatNumber(diff.added)}
              </Td>
              <Td numeric className="tabular">
                {formatNumber(diff.removed)}
              </Td>
              <Td numeric className="tabular">
                {formatNumber(diff.changed)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {differences.length > 0 && (
        <Table label="Settings that differ">
          <thead>
            <tr>
              <Th>Setting</Th>
              <Th>First</Th>
              <Th>Second</Th>
            </tr>
          </thead>
          <tbody>
            {differences.map(([name, a, b]) => (
              <Tr key={name}>
                <Td className="font-medium">{name}</Td>
                <Td className="max-w-64 break-words">{a}</Td>
                <Td className="max-w-64 break-words">{b}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
