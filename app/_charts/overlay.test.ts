import { describe, expect, it } from 'vitest';
import { parseCsv } from '#core/formats/csv.ts';
import { alignLines, drawnLine, niceTicks, overlayCsv, overlaySvg } from './overlay.ts';
import type { OverlayLine } from './overlay.ts';

const line = (label: string, steps: number[], values: (number | null)[], dashed = false): OverlayLine => ({
  label,
  steps,
  values,
  colour: 'rgb(1, 2, 3)',
  dashed,
});
const a = line('Run 1, Student 1', [1, 2, 4], [0.2, null, 0.6]);
const b = line('Run 2 <b>, Control 1', [2, 3], [0.5, 0.7], true);

describe('RUN-55 lines laid over each other', () => {
  it('stand at one list of steps, each with its own values', () => {
    expect(alignLines([a, b], 0)).toEqual([
      [1, 2, 3, 4],
      [0.2, null, null, 0.6],
      [null, 0.5, 0.7, null],
    ]);
    expect(alignLines([], 0)).toEqual([[]]);
  });

  it('are smoothed by themselves, over what was measured', () => {
    const { steps, values } = drawnLine(a, 0.5);
    expect(steps).toEqual([1, 4]);
    expect(values[0]).toBeCloseTo(0.2);
    expect(values[1]).toBeCloseTo((0.5 * 0.1 + 0.5 * 0.6) / 0.75);
  });

  it('have round numbers on their axes', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0.62, 0.71)).toEqual([0.62, 0.64, 0.66, 0.68, 0.7]);
    expect(niceTicks(1, 900, 8)).toEqual([200, 400, 600, 800]);
    expect(niceTicks(3, 3)).toEqual([3]);
  });

  it('are a picture of their own, with titles, a legend, and names that cannot break out', () => {
    const svg = overlaySvg({
      title: 'Validation accuracy',
      xTitle: 'Training step',
      yTitle: 'Accuracy, %',
      lines: [a, b],
      weight: 0,
      yRange: [0, 1],
      format: (value) => `${Math.round(value * 100)}%`,
      ink: 'black',
      paper: 'white',
    });
    expect(svg).toContain('Training step');
    expect(svg).toContain('Accuracy, %');
    expect(svg).toContain('100%');
    expect(svg).toContain('Run 2 &lt;b&gt;, Control 1');
    expect(svg).not.toContain('<b>');
    expect(svg.match(/<path /g)).toHaveLength(2);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
    // At 0 the line touches the bottom of the plot, at 1 its top.
    expect(svg).toMatch(/y1="444\.0"[^>]*>\s*<text[^>]*>0%/);
  });

  it('are written point by point, as measured', () => {
    const rows = parseCsv(overlayCsv('Line', 'Step', 'Accuracy', [a, b]), ',').map(({ cells }) => cells);
    expect(rows).toEqual([
      ['Line', 'Step', 'Accuracy'],
      ['Run 1, Student 1', '1', '0.2'],
      ['Run 1, Student 1', '4', '0.6'],
      ['Run 2 <b>, Control 1', '2', '0.5'],
      ['Run 2 <b>, Control 1', '3', '0.7'],
    ]);
  });
});
