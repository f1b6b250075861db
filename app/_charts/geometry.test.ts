import { describe, expect, it } from 'vitest';
import {
  bounds,
  histogram,
  linePath,
  lineTable,
  makePointIndex,
  rowShares,
  smooth,
  thin,
  worstCell,
} from './geometry.ts';

describe('histogram', () => {
  it('closes the last bin, keeps outliers in the end bins and leaves NaN out', () => {
    const bins = histogram([0, 0.1, 0.25, 0.5, 0.999, 1, 1.2, -3, Number.NaN], 4);
    expect(bins.map((bin) => bin.count)).toEqual([3, 1, 1, 3]);
    expect(bins.map((bin) => bin.from)).toEqual([0, 0.25, 0.5, 0.75]);
  });
});

describe('smooth', () => {
  it('starts at the first value and keeps gaps', () => {
    // (0.5·0.5·2 + 0.5·4) / (1 − 0.25) = 2.5 / 0.75
    expect(smooth([2, null, 4], 0.5)).toEqual([2, null, 2.5 / 0.75]);
    expect(smooth([1, 5, 9], 0)).toEqual([1, 5, 9]);
  });
});

describe('thin', () => {
  it('PAGE-5 keeps ends and every spike', () => {
    const xs = Array.from({ length: 10_000 }, (_, index) => index);
    const ys = xs.map((x) => (x === 7777 ? 100 : x === 3333 ? -100 : 0));
    const thinned = thin(xs, ys, 200);
    expect(thinned.xs.length).toBeLessThanOrEqual(202);
    expect(thinned.xs[0]).toBe(0);
    expect(thinned.xs.at(-1)).toBe(9999);
    expect(Math.max(...thinned.ys.map((y) => y ?? 0))).toBe(100);
    expect(Math.min(...thinned.ys.map((y) => y ?? 0))).toBe(-100);
    expect([...thinned.xs].sort((a, b) => a - b)).toEqual(thinned.xs);
  });

  it('leaves a short series alone', () => {
    expect(thin([1, 2], [3, null], 10)).toEqual({ xs: [1, 2], ys: [3, null] });
  });
});

describe('confusion', () => {
  const counts = [
    [8, 2, 0],
    [1, 4, 0],
    [0, 0, 0],
  ];

  it('PAGE-5 shares rows', () => {
    expect(rowShares(counts)).toEqual([
      [0.8, 0.2, 0],
      [0.2, 0.8, 0],
      [0, 0, 0],
    ]);
  });

  it('PAGE-17 names the answer that is wrong most often, and none where all are right', () => {
    expect(worstCell(counts)).toEqual({ truth: 0, predicted: 1, count: 2 });
    expect(
      worstCell([
        [3, 0],
        [0, 4],
      ]),
    ).toBeNull();
    expect(worstCell([])).toBeNull();
  });
});

describe('the table of lines', () => {
  it('PAGE-17 has every number that the chart draws, its intervals too', () => {
    const lines = [
      { label: 'Student', values: [0.5, null], interval: [[0.4, 0.6] as const, null] },
      { label: 'Control', values: [0.3, 0.4] },
    ];
    const words = { low: 'low', high: 'high', format: (value: number) => `${value * 100}%` };
    expect(lineTable({ label: 'Step', values: [10, 20] }, lines, words)).toEqual({
      head: ['Step', 'Student', 'Student, low', 'Student, high', 'Control'],
      rows: [
        [10, '50%', '40%', '60%', '30%'],
        [20, '–', '–', '–', '40%'],
      ],
    });
  });
});

describe('drawing', () => {
  it('breaks a line at gaps', () => {
    expect(linePath([[0, 0], [1.234, 5], null, [3, 3]])).toBe('M0 0L1.23 5M3 3');
  });

  it('never gives bounds of zero size', () => {
    expect(bounds([2, 2])).toEqual([1.5, 2.5]);
    expect(bounds([])).toEqual([0, 1]);
    expect(bounds([0, 10], 0.1)).toEqual([-1, 11]);
  });

  it('finds the nearest point, as a full search does', () => {
    let state = 1;
    const next = () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state / 2_147_483_647) * 500;
    };
    const xs = Array.from({ length: 2000 }, next);
    const ys = Array.from({ length: 2000 }, next);
    const find = makePointIndex(xs, ys, 12);
    for (let trial = 0; trial < 200; trial += 1) {
      const [x, y] = [next(), next()];
      const squares = xs.map((px, index) => (px - x) ** 2 + ((ys[index] ?? 0) - y) ** 2);
      const best = Math.min(...squares);
      expect(find(x, y)).toBe(best <= 144 ? squares.indexOf(best) : -1);
    }
  });
});
