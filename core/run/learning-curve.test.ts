import { describe, expect, it } from 'vitest';
import { gainBetween, gains, learningCurve } from './learning-curve.ts';

describe('learning curve', () => {
  it('RUN-27 gives the gain for 100 labels with the interval of two proportions', () => {
    // By hand: 0.6 → 0.7 over 50 labels, 200 images each. se = √(.24/200 + .21/200) = 0.0474342; ×1.959964 = 0.0929693.
    const gain = gainBetween({ labels: 100, accuracy: 0.6, count: 200 }, { labels: 150, accuracy: 0.7, count: 200 });
    expect(gain?.perHundred).toBeCloseTo(0.2, 10);
    expect(gain?.interval[0]).toBeCloseTo(2 * (0.1 - 0.0929693), 5);
    expect(gain?.interval[1]).toBeCloseTo(2 * (0.1 + 0.0929693), 5);
  });

  it('RUN-27 knows no gain where hardly any labels came in between or nothing was measured', () => {
    expect(
      gainBetween({ labels: 100, accuracy: 0.6, count: 200 }, { labels: 103, accuracy: 0.7, count: 200 }),
    ).toBeNull();
    expect(
      gainBetween({ labels: 100, accuracy: 0.6, count: 200 }, { labels: 100, accuracy: 0.7, count: 200 }),
    ).toBeNull();
    expect(
      gainBetween({ labels: 100, accuracy: 0.6, count: 0 }, { labels: 150, accuracy: 0.7, count: 200 }),
    ).toBeNull();
  });

  it(
    'RUN-27 follows one kind of net, the one with the most numbers of labels, with the mean of what shares a ' +
      'number',
    () => {
      const curve = learningCurve([
        { kind: 'control, M', labels: 200, accuracy: 0.9, count: 200 },
        { kind: 'control, S', labels: 150, accuracy: 0.7, count: 200 },
        { kind: 'control, S', labels: 100, accuracy: 0.5, count: 200 },
        { kind: 'control, S', labels: 100, accuracy: 0.6, count: 200 },
      ]);
      expect(curve.map(({ kind, labels }) => [kind, labels])).toEqual([
        ['control, S', 100],
        ['control, S', 150],
      ]);
      expect(curve[0]?.accuracy).toBeCloseTo(0.55, 10);
      expect(curve[1]?.accuracy).toBeCloseTo(0.7, 10);
      expect(gains(curve).total?.labels).toBe(50);
      expect(gains(curve.slice(0, 1))).toEqual({ total: null, last: null });
    },
  );
});
