'use client';
import type { Outputs } from '../lib/api.ts';
import { formatNumber } from '../lib/format.ts';
import { Panel } from '../ui/panel.tsx';
import { Table, Td, Th, Tr } from '../ui/table.tsx';
import { MODEL_WORDS } from './words.tsx';

type Pair = Outputs['compare']['pair'];

const show = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** What two frozen rounds were made of, and where that differs: labels, pseudo-labels, settings. */
export function LearnedFrom({ pair }: { pair: Pair }) {
  const { first, second, learned } = pair;
  const keys = Object.keys(second.run.config) as (keyof typeof second.run.config)[];
  const settings = keys.filter((key) => show(first.run.config[key]) !== show(second.run.config[key])).map((key) => [key, show(first.run.config[key]), show(second.run.config[key])] as const);
  const differences = [
    ...(first.model === second.model ? [] : [['model', MODEL_WORDS[first.model], MODEL_WORDS[second.model]] as const]),
    ...(first.seed === second.seed ? [] : [['seed', String(first.seed), String(second.seed)] as const]),
    ...(first.run.codeVersion === second.run.codeVersion ? [] : [['code', first.run.codeVersion ?? '–', second.run.codeVersion ?? '–'] as const]),
    ...settings,
  ];
  return (
    <Panel title="What they learned from" description="Both rounds are frozen: labels, pseudo-labels and settings as they were." flush>
      <Table label="What they learned from">
        <thead><tr><Th>Set</Th><Th numeric>Alike</Th><Th numeric>Only in the second</Th><Th numeric>Only in the first</Th><Th numeric>Other class</Th></tr></thead>
        <tbody>
          {([['Human labels', learned.labels], ['Pseudo-labels', learned.pseudo]] as const).map(([name, diff]) => (
            <Tr key={name}>
              <Td>{name}</Td>
              <Td numeric className="tabular">{formatNumber(diff.same)}</Td>
              <Td numeric className="tabular">{formatNumber(diff.added)}</Td>
              <Td numeric className="tabular">{formatNumber(diff.removed)}</Td>
              <Td numeric className="tabular">{formatNumber(diff.changed)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {differences.length > 0 && (
        <Table label="Settings that differ">
          <thead><tr><Th>Setting</Th><Th>First</Th><Th>Second</Th></tr></thead>
          <tbody>{differences.map(([name, a, b]) => <Tr key={name}><Td className="font-mono text-xs">{name}</Td><Td className="max-w-64 break-words">{a}</Td><Td className="max-w-64 break-words">{b}</Td></Tr>)}</tbody>
        </Table>
      )}
    </Panel>
  );
}
