import { describe, expect, it } from 'vitest';
import { backboneLink } from '#core/chain/chain.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { readGain } from './read-gain.ts';
import { summarizeAnchoring, summarizeReasons } from './read-trust.ts';

describe('anchoring', () => {
  it('is agreement with the guess shown minus hidden, with its interval', () => {
    const { effect, shown, hidden } = summarizeAnchoring([
      { guessShown: true, n: 200, agreed: 160, medianMs: 900 },
      { guessShown: false, n: 100, agreed: 60, medianMs: 1400 },
    ]);
    expect([shown.share, hidden.share]).toEqual([0.8, 0.6]);
    // By hand: √(.16/200 + .24/100) = 0.0565685; × 1.96 = 0.1108743.
    expect(effect?.difference).toBeCloseTo(0.2, 10);
    expect(effect?.interval[0]).toBeCloseTo(0.0891257, 6);
    expect(effect?.interval[1]).toBeCloseTo(0.3108743, 6);
  });

  it('claims nothing while one kind has no answers', () => {
    expect(summarizeAnchoring([{ guessShown: true, n: 5, agreed: 5, medianMs: null }]).effect).toBeNull();
  });
});

describe('order against chance', () => {
  it('measures every reason against the random audit', () => {
    const rows = summarizeReasons(
      [
        { reason: 'audit', status: 'answered', n: 50, changed: 10 },
        { reason: 'audit', status: 'open', n: 3, changed: 0 },
        { reason: 'uncertain', status: 'answered', n: 40, changed: 20 },
        { reason: 'uncertain', status: 'skipped', n: 2, changed: 0 },
      ],
      { n: 30, right: 21 },
    );
    expect(rows).toMatchObject([
      { reason: 'audit', open: 3, answered: 50, corrected: { share: 0.2 } },
      { reason: 'uncertain', skipped: 2, answered: 40, corrected: { share: 0.5 } },
    ]);
  });

  it(
    'RUN-29 takes for chance what was drawn from the whole pool, not what a lead drew from accepted ' + 'pseudo-labels',
    () => {
      const [audit, uncertain] = summarizeReasons(
        [
          { reason: 'audit', status: 'answered', n: 50, changed: 10 },
          { reason: 'uncertain', status: 'answered', n: 40, changed: 20 },
        ],
        { n: 40, right: 30 },
      );
      expect([audit?.lift, uncertain?.lift]).toEqual([0.8, 2]);
    },
  );

  it('gives no lift without an audit, or when the audit found no mistake', () => {
    expect(
      summarizeReasons([{ reason: 'uncertain', status: 'answered', n: 4, changed: 2 }], { n: 0, right: 0 })[0]?.lift,
    ).toBeNull();
    expect(
      summarizeReasons([{ reason: 'audit', status: 'answered', n: 4, changed: 0 }], { n: 4, right: 4 })[0]?.lift,
    ).toBeNull();
  });
});

describe('RUN-27 gain', () => {
  type Runs = Parameters<typeof readGain>[0];
  const config = { ...DEFAULT_RUN_CONFIG, chain: null };
  const round = (
    role: string,
    labeled: number,
    valAccuracy: number,
    { rolledBackAt = null, index = 0 }: { rolledBackAt?: Date | null; index?: number } = {},
  ) => ({
    role,
    index,
    member: 0,
    model: 's',
    stage: 'done',
    verdict: role === 'student' ? 'accept' : null,
    rolledBackAt,
    metrics: { labeled, valAccuracy, valCount: 200, steps: 900 },
  });

  it('credits labels with what control arms gained, and shows what the run ended with beside them', () => {
    const runs = [
      {
        number: 1,
        config,
        rounds: [
          round('teacher', 100, 0.5),
          round('student', 100, 0.7, { index: 1 }),
          round('control', 100, 0.6, { index: 1 }),
          round('student', 150, 0.8, { index: 2 }),
          round('control', 150, 0.65, { index: 2 }),
        ],
      },
    ] as unknown as Runs;
    const gain = readGain(runs);
    expect(gain.kind).toMatchObject({ role: 'control', model: 's' });
    expect(gain.total?.perHundred).toBeCloseTo(0.1, 10);
    expect(gain.points.map(({ labels, alone }) => [labels, alone])).toEqual([
      [100, 0.6],
      [150, 0.65],
    ]);
    expect(gain.chains.map(({ points }) => points)).toEqual([[{ labels: 150, accuracy: 0.8, run: 1 }]]);
  });

  it('RUN-27 joins no two set-ups: neither chains, nor heads on two backbones, nor two image sides', () => {
    const on = (backboneId: string, side: number) => ({
      ...DEFAULT_RUN_CONFIG,
      chain: [backboneLink('teacher', 'frozen', { backboneId, side })],
    });
    const runs = [
      { number: 4, config: on('a', 224), rounds: [round('teacher', 200, 0.9)] },
      { number: 3, config: on('a', 300), rounds: [round('teacher', 150, 0.8)] },
      { number: 2, config: on('b', 224), rounds: [round('teacher', 150, 0.7)] },
      { number: 1, config: { ...on('a', 224), seed: 7 }, rounds: [round('teacher', 100, 0.6)] },
    ] as unknown as Runs;
    const gain = readGain(runs);
    expect(gain.points.map(({ labels, alone }) => [labels, alone])).toEqual([
      [100, 0.6],
      [200, 0.9],
    ]);
    expect(gain.chains.map(({ points }) => points.map(({ run }) => run))).toEqual([[1, 4], [3], [2]]);
  });

  it('takes teachers of two runs where no control arm was trained', () => {
    const runs = [
      { number: 2, config, rounds: [round('teacher', 150, 0.6)] },
      { number: 1, config, rounds: [round('teacher', 100, 0.5), round('student', 100, 0.7, { index: 1 })] },
    ] as unknown as Runs;
    expect(readGain(runs).total?.perHundred).toBeCloseTo(0.2, 10);
    // The best is the earlier run's student, though the newest point of the curve is lower.
    expect(readGain(runs).best).toMatchObject({ runNumber: 1, role: 'student', accuracy: 0.7 });
    expect(readGain([]).best).toBeNull();
  });
});
