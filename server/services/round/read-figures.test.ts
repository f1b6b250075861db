import { describe, expect, it } from 'vitest';
import { softmax } from '#core/math/probabilities.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import { readReliability, summarizeAudit } from './read-figures.ts';

describe('RUN-24 reliability', () => {
  it('undoes the calibration for the bars of before, and keeps the answers', () => {
    // One image, logits 2 and 0: before calibration softmax gives 0.8808, at T = 2 it gives 0.7311.
    const stored = [...softmax([2, 0], 2, 2)];
    const { before, after, count } = readReliability([{ probabilities: stored, truthClassId: 'a' }], ['a', 'b'], 2);
    expect(count).toBe(1);
    expect(before.find((bin) => bin.count === 1)?.confidence).toBeCloseTo(0.8808, 4);
    expect(after.find((bin) => bin.count === 1)?.confidence).toBeCloseTo(0.7311, 4);
    expect(before.find((bin) => bin.count === 1)).toMatchObject({
      right: 1,
      accuracy: 1,
      interval: wilsonInterval(1, 1),
    });
  });

  it('PAGE-9 has ten bars, each with how many images it stands on and the interval that follows from them', () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({
      probabilities: index < 30 ? [0.95, 0.05] : [0.62, 0.38],
      truthClassId: index % 3 === 0 ? 'b' : 'a',
    }));
    const { after } = readReliability(rows, ['a', 'b'], 1);
    expect(after.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 10, 0, 0, 30]);
    expect(after[6]).toMatchObject({ from: 0.6, interval: wilsonInterval(6, 10) });
    expect(after[9]).toMatchObject({ to: 1, interval: wilsonInterval(20, 30) });
  });

  it('leaves out images whose truth is no class of the run', () => {
    const rows = [
      { probabilities: [0.9, 0.1], truthClassId: 'gone' },
      { probabilities: [0.2, 0.8], truthClassId: 'b' },
      { probabilities: [0.6, 0.4], truthClassId: null },
    ];
    expect(readReliability(rows, ['a', 'b'], 1).count).toBe(1);
  });
});

describe('RUN-29 audit', () => {
  const rows = [
    { classId: 'a', bin: 9, accepted: true, fromPool: true, n: 10, right: 9 },
    { classId: 'b', bin: 9, accepted: true, fromPool: true, n: 4, right: 2 },
    { classId: 'a', bin: 3, accepted: false, fromPool: true, n: 6, right: 1 },
    { classId: 'a', bin: 9, accepted: true, fromPool: false, n: 10, right: 10 },
  ];

  it('keeps what students took, whoever drew it, apart from what was drawn from the whole pool', () => {
    const audit = summarizeAudit(rows, 10);
    expect(audit.overall).toEqual({ n: 24, right: 21, precision: 21 / 24, interval: wilsonInterval(21, 24) });
    expect(audit.pool).toMatchObject({ n: 20, right: 12, precision: 0.6 });
    expect(audit.byBin[9]).toMatchObject({ from: 0.9, to: 1, n: 14, right: 11 });
    expect(audit.byBin[3]).toMatchObject({ n: 6, right: 1 });
    expect(audit.byClass).toEqual([
      { classId: 'a', ...pick(20, 19) },
      { classId: 'b', ...pick(4, 2) },
    ]);
  });

  it('knows nothing of nothing', () => {
    expect(summarizeAudit([], 10).overall).toEqual({ n: 0, right: 0, precision: null, interval: [0, 1] });
  });
});

const pick = (n: number, right: number) => ({ n, right, precision: right / n, interval: wilsonInterval(right, n) });
