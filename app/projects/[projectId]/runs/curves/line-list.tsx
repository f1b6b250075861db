'use client';
import Link from 'next/link';
import { useText } from '../../../../_text/text.tsx';
import type { OverlayLine } from '../../../../_charts/overlay.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Checkbox } from '../../../../_ui/form/toggles.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Interval } from '../../../../_ui/stat.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import type { Curve, MEASURES, MeasureName } from './measures.ts';
import { runWords, roundTitle } from '../../../../_runs/words.tsx';

/** Legend and choice in one: a row a round, with its colour, its last value and what it reached in the end. */
export function LineList({
  curves,
  lines,
  measure,
  chosen,
  most,
  onChosen,
}: {
  curves: readonly Curve[];
  lines: readonly (OverlayLine & { id: string })[];
  measure: (typeof MEASURES)[MeasureName];
  chosen: ReadonlySet<string>;
  most: number;
  onChosen: (ids: readonly string[]) => void;
}) {
  const { t, format } = useText();
  const { project } = useProject();
  const lineOf = new Map(lines.map((line) => [line.id, line]));
  const shown = curves.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const full = shown.length >= most;
  return (
    <Panel
      title={t('runcurves.lines')}
      description={t(full ? 'runcurves.linesFull' : 'runcurves.linesDrawn', { count: lines.length })}
      flush
    >
      <Table label={t('runcurves.lines')}>
        <thead>
          <tr>
            <Th>
              <span className="sr-only">{t('runcurves.isDrawn')}</span>
            </Th>
            <Th>{t('runcurves.run')}</Th>
            <Th>{t('runcurves.round')}</Th>
            <Th numeric>{t('runcurves.steps')}</Th>
            <Th numeric>{t('runcurves.last')}</Th>
            <Th numeric>{t('runcurves.final')}</Th>
          </tr>
        </thead>
        <tbody>
          {curves.map((curve) => {
            const line = lineOf.get(curve.id);
            const on = chosen.has(curve.id);
            const last = measure.read(curve.curve).findLast((value) => value !== null) ?? null;
            return (
              <Tr key={curve.id}>
                <Td className="w-8">
                  <span className="flex items-center gap-2">
                    <Checkbox
                      ariaLabel={t('runcurves.draw', { round: roundTitle(t, curve), run: String(curve.runNumber) })}
                      checked={on}
                      disabled={full && !on}
                      onChange={(next) => onChosen(next ? [...shown, curve.id] : shown.filter((id) => id !== curve.id))}
                    />
                    <span
                      aria-hidden
                      className="w-5 border-t-2"
                      style={{
                        borderColor: line?.colour ?? 'transparent',
                        borderStyle: line?.dashed ? 'dashed' : 'solid',
                      }}
                    />
                  </span>
                </Td>
                <Td className="max-w-56 break-words">
                  <Link
                    href={projectHref(project.id, `runs/${curve.runId}`)}
                    className="text-accent-text hover:underline"
                  >
                    {runWords(t, { number: curve.runNumber, name: curve.runName })}
                  </Link>
                </Td>
                <Td className="whitespace-nowrap">{roundTitle(t, curve)}</Td>
                <Td numeric className="tabular">
                  {curve.curve.step.at(-1) ?? '–'}
                </Td>
                <Td numeric className="tabular">
                  {last === null ? '–' : measure.format(format, last)}
                </Td>
                <Td numeric>
                  <Interval value={curve.valAccuracy} interval={curve.valInterval} />
                </Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
    </Panel>
  );
}
