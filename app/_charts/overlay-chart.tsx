'use client';
import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useText } from '../_text/text.tsx';
import { saveFile } from '../_lib/clipboard.ts';
import { paintColours } from '../_lib/theme.ts';
import type { Translate } from '#core/text/text.ts';
import { Button } from '../_ui/form/button.tsx';
import { Menu, MenuItem } from '../_ui/menu.tsx';
import { ChartFrame } from './frame.tsx';
import { LineCanvas } from './line-canvas.tsx';
import type { LineFocus, LineSeries } from './line-canvas.tsx';
import { alignLines, drawnLine, overlayCsv, overlaySvg } from './overlay.ts';
import type { OverlayLine } from './overlay.ts';
import { svgToPng } from './svg-to-png.ts';
import { useThemeVersion, useWidth } from './use-size.ts';

export interface OverlayChartProps {
  label: string;
  xTitle: string;
  /** With its unit: "Accuracy, %". */
  yTitle: string;
  lines: readonly OverlayLine[];
  format: (value: number) => string;
  /** Smoothing weight, 0..1; 0 draws as measured. */
  weight: number;
  /** Null: what fits the lines. */
  yRange: readonly [number, number] | null;
  height?: number;
  actions?: React.ReactNode;
}

/** Rows of the table; all points are in the CSV. */
const ROWS_MOST = 200;

/** Lines of several runs over the same steps. The pointer finds the nearest one and tells it in full. */
export function OverlayChart({
  label,
  xTitle,
  yTitle,
  lines,
  format,
  weight,
  yRange,
  height = 380,
  actions,
}: OverlayChartProps) {
  const { t } = useText();
  const { ref, width } = useWidth();
  const themeVersion = useThemeVersion();
  const [focus, setFocus] = useState<LineFocus | null>(null);
  const data = useMemo(() => alignLines(lines, weight), [lines, weight]);
  const series = lines.map((line): LineSeries => ({
    label: line.label,
    values: line.values,
    colour: line.colour,
    dashed: line.dashed,
    joined: true,
  }));
  const shape = lines.map(({ label: name, colour, dashed }) => `${name}|${colour}|${dashed}`).join('¦');
  const save = (kind: 'png' | 'svg' | 'csv') => {
    if (kind === 'csv') return saveFile(`${label}.csv`, overlayCsv(t('chart.line'), xTitle, yTitle, lines), 'text/csv');
    const [ink = 'black', paper = 'white', ...colours] = paintColours([
      'var(--color-ink)',
      'var(--color-panel)',
      ...lines.map(({ colour }) => colour),
    ]);
    const painted = lines.map((line, at) => ({ ...line, colour: colours[at] ?? ink }));
    const svg = overlaySvg({ title: label, xTitle, yTitle, lines: painted, weight, yRange, format, ink, paper });
    if (kind === 'svg') saveFile(`${label}.svg`, svg, 'image/svg+xml');
    else void svgToPng(svg).then((png) => saveFile(`${label}.png`, png));
  };
  const told = focus === null ? undefined : lines[focus.series];
  const value = focus === null ? null : (data[focus.series + 1]?.[focus.index] ?? null);
  return (
    <ChartFrame
      label={label}
      summary={summarise(t, lines, format) || t('chart.nothingKnown')}
      actions={
        <>
          {actions}
          <Menu
            trigger={
              <Button size="sm" icon={<Download size={13} aria-hidden />}>
                {t('chart.saveAs')}
              </Button>
            }
          >
            <MenuItem onSelect={() => save('png')}>{t('chart.png')}</MenuItem>
            <MenuItem onSelect={() => save('svg')}>{t('chart.svg')}</MenuItem>
            <MenuItem onSelect={() => save('csv')}>{t('chart.csv')}</MenuItem>
          </Menu>
        </>
      }
      table={() => tableOf(xTitle, lines, format)}
    >
      <div ref={ref} className="relative" style={{ height }} onPointerLeave={() => setFocus(null)}>
        {width > 0 && (
          <div role="img" aria-label={t('chart.linesBy', { label, count: lines.length, x: xTitle })}>
            <LineCanvas
              key={`${shape}·${themeVersion}·${yRange?.join() ?? 'fits'}`}
              width={width}
              height={height}
              data={data}
              series={series}
              format={format}
              yRange={yRange ?? undefined}
              xTitle={xTitle}
              yTitle={yTitle}
              onHover={() => undefined}
              onFocus={setFocus}
            />
          </div>
        )}
        {focus !== null && told !== undefined && value !== null && (
          <Told
            focus={focus}
            width={width}
            line={told}
            step={data[0][focus.index] ?? 0}
            value={`${format(value)}${weight > 0 ? t('chart.smoothed') : ''}`}
          />
        )}
      </div>
    </ChartFrame>
  );
}

/** Room of the axis before the plot, px; the canvas tells places within the plot. */
const AXIS = 66;

/** What the pointer has found: run and round, step, value. */
function Told({
  focus,
  width,
  line,
  step,
  value,
}: {
  focus: LineFocus;
  width: number;
  line: OverlayLine;
  step: number;
  value: string;
}) {
  const { t } = useText();
  const right = focus.left + AXIS > width / 2;
  return (
    <div
      role="status"
      className="pointer-events-none absolute z-10 max-w-64 rounded-md bg-raised px-2.5 py-1.5 text-xs shadow-pop"
      style={{
        top: Math.max(0, focus.top - 14),
        ...(right ? { right: width - focus.left - AXIS + 12 } : { left: focus.left + AXIS + 12 }),
      }}
    >
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: line.colour }} />
        <span className="min-w-0 break-words text-muted">{line.label}</span>
      </span>
      <span className="mt-0.5 flex justify-between gap-4 tabular">
        <span>{t('chart.step', { step })}</span>
        <span className="font-medium">{value}</span>
      </span>
    </div>
  );
}

const summarise = (t: Translate, lines: readonly OverlayLine[], format: (value: number) => string): string =>
  lines
    .flatMap((line) => {
      const last = line.values.findLast((value) => value !== null) ?? null;
      return last === null ? [] : [t('chart.endsAt', { line: line.label, value: format(last) })];
    })
    .join(' ');

/** A row a step, evenly taken where there are very many; what was measured, not what is smoothed. */
function tableOf(xTitle: string, lines: readonly OverlayLine[], format: (value: number) => string) {
  const [steps, ...columns] = alignLines(
    lines.map((line) => ({ ...line, ...drawnLine(line, 0) })),
    0,
  );
  const every = Math.ceil(steps.length / ROWS_MOST);
  return {
    head: [xTitle, ...lines.map((line) => line.label)],
    rows: steps.flatMap((step, at) =>
      at % every === 0 || at === steps.length - 1
        ? [
            [
              step,
              ...columns.map((column) => {
                const value = column[at];
                return value === null || value === undefined ? '–' : format(value);
              }),
            ],
          ]
        : [],
    ),
  };
}
