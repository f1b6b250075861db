/** Many lines over steps, as plain numbers: aligned, smoothed, drawn as SVG and written as CSV without a browser. */
import { formatCsvRow } from '#core/formats/csv.ts';
import { bounds, linePath, smooth } from './geometry.ts';

export interface OverlayLine {
  /** "Run 3 · weaker noise, Student 2". */
  label: string;
  /** Ascending steps, and a value for each; null where nothing was measured. */
  steps: readonly number[];
  values: readonly (number | null)[];
  /** A CSS colour. */
  colour: string;
  dashed: boolean;
}

/** The line without steps at which nothing was measured, smoothed by `weight` 0..1. */
export function drawnLine(line: OverlayLine, weight: number): { steps: number[]; values: number[] } {
  const steps: number[] = [];
  const known: number[] = [];
  line.values.forEach((value, at) => {
    const step = line.steps[at];
    if (value === null || step === undefined || !Number.isFinite(value)) return;
    steps.push(step);
    known.push(value);
  });
  return { steps, values: smooth(known, weight).map((value, at) => value ?? known[at] ?? 0) };
}

/** All steps of all lines, ascending, and each line's values there: what uPlot draws. Null where a line has none. */
export function alignLines(lines: readonly OverlayLine[], weight: number): [number[], ...(number | null)[][]] {
  const drawn = lines.map((line) => drawnLine(line, weight));
  const steps = [...new Set(drawn.flatMap((line) => line.steps))].sort((a, b) => a - b);
  return [
    steps,
    ...drawn.map((line) => {
      const at = new Map(line.steps.map((step, place) => [step, line.values[place] ?? null]));
      return steps.map((step) => at.get(step) ?? null);
    }),
  ];
}

/** Round numbers that cover a range: about `wanted` of them, 1, 2 or 5 times a power of ten apart. */
export function niceTicks(low: number, high: number, wanted = 5): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((times) => times * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-9; place += 1)
    ticks.push(Number((place * step).toPrecision(12)));
  return ticks;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export interface OverlayPicture {
  title: string;
  xTitle: string;
  yTitle: string;
  lines: readonly OverlayLine[];
  weight: number;
  /** Null: what fits the lines. */
  yRange: readonly [number, number] | null;
  format: (value: number) => string;
  ink: string;
  paper: string;
}

const WIDTH = 960;
const PLOT = { left: 76, top: 44, right: 24, height: 400 };
const LEGEND_ROW = 18;
const FONT = 'system-ui, sans-serif';

/** The whole picture, to stand in a document by itself: title, axes with titles, lines, and a legend below. */
export function overlaySvg(picture: OverlayPicture): string {
  const { lines, weight, format, ink, paper } = picture;
  const drawn = lines.map((line) => drawnLine(line, weight));
  const [xLow, xHigh] = bounds(
    drawn.flatMap(({ steps }) => steps),
    0,
  );
  const [yLow, yHigh] = picture.yRange ?? bounds(drawn.flatMap(({ values }) => values));
  const [width, height] = [WIDTH - PLOT.left - PLOT.right, PLOT.height];
  const x = (step: number): number => PLOT.left + ((step - xLow) / (xHigh - xLow || 1)) * width;
  const y = (value: number): number => PLOT.top + (1 - (value - yLow) / (yHigh - yLow || 1)) * height;
  const bottom = PLOT.top + height;
  const total = bottom + 64 + lines.length * LEGEND_ROW;
  const text = (at: [number, number], words: string, more = ''): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" fill="${ink}" ${more}>${escape(words)}</text>`;
  const yAxis = niceTicks(yLow, yHigh).map(
    (tick) =>
      `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" ` +
      `stroke="${ink}" stroke-opacity="0.15"/>` +
      text([PLOT.left - 8, y(tick) + 4], format(tick), 'text-anchor="end"'),
  );
  const xAxis = niceTicks(xLow, xHigh, 8).map((tick) =>
    text([x(tick), bottom + 18], String(tick), 'text-anchor="middle"'),
  );
  const paths = drawn.map(({ steps, values }, at) => {
    const line = lines[at];
    const path = linePath(steps.map((step, place) => [x(step), y(values[place] ?? 0)]));
    const dash = line?.dashed === true ? ' stroke-dasharray="6 4"' : '';
    return `<path d="${path}" fill="none" stroke="${escape(line?.colour ?? ink)}" stroke-width="1.6"${dash}/>`;
  });
  const legend = lines.map((line, at) => {
    const row = bottom + 60 + at * LEGEND_ROW;
    const dash = line.dashed ? ' stroke-dasharray="6 4"' : '';
    return (
      `<line x1="${PLOT.left}" x2="${PLOT.left + 26}" y1="${row - 4}" y2="${row - 4}" ` +
      `stroke="${escape(line.colour)}" stroke-width="2"${dash}/>${text([PLOT.left + 34, row], line.label)}`
    );
  });
  const middle = PLOT.top + height / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${total}" viewBox="0 0 ${WIDTH} ${total}" ` +
      `font-family="${FONT}" font-size="12">`,
    `<rect width="${WIDTH}" height="${total}" fill="${paper}"/>`,
    text([PLOT.left, 24], picture.title, 'font-size="15" font-weight="600"'),
    ...yAxis,
    ...xAxis,
    `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${bottom}" y2="${bottom}" stroke="${ink}"/>`,
    text([PLOT.left + width / 2, bottom + 38], picture.xTitle, 'text-anchor="middle"'),
    text([18, middle], picture.yTitle, `text-anchor="middle" transform="rotate(-90 18 ${middle})"`),
    `<clipPath id="plot"><rect x="${PLOT.left}" y="${PLOT.top - 2}" width="${width}" ` +
      `height="${height + 4}"/></clipPath>`,
    `<g clip-path="url(#plot)" stroke-linejoin="round">${paths.join('')}</g>`,
    ...legend,
    '</svg>',
  ].join('\n');
}

/** A row a measured point, as it was measured, whatever is smoothed. */
export const overlayCsv = (lineTitle: string, xTitle: string, yTitle: string, lines: readonly OverlayLine[]): string =>
  [
    [lineTitle, xTitle, yTitle],
    ...lines.flatMap((line) => {
      const { steps, values } = drawnLine(line, 0);
      return steps.map((step, at) => [line.label, step, Number((values[at] ?? 0).toPrecision(7))]);
    }),
  ]
    .map(formatCsvRow)
    .join('');
