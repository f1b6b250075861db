import { describe, expect, it } from 'vitest';
import { backboneLink } from '../chain/chain.ts';
import type { ChainLink } from '../chain/chain-link.ts';
import { DEFAULT_RUN_CONFIG } from './learning.ts';
import type { RoundRole, RunConfig } from './learning.ts';
import { estimateSeconds, estimateSecondsLeft, featuresKey, ownSeconds } from './run-time.ts';

const config: RunConfig = {
  ...DEFAULT_RUN_CONFIG,
  teacher: 's',
  teachers: 2,
  students: ['s'],
  teacherSteps: 50,
  steps: 200,
  batchLabeled: 10,
  batchPseudo: 30,
  control: true,
};

/** Seconds that every run has beside its rounds. */
const START = 6;

describe('the time of a run', () => {
  it('counts the images that it trains on, weighted by model', () => {
    // 2×50×40 + 200×40 + 200×40 = 20,000 images at cost 1, and the witness of the student, 200×40 at cost 0.47; no
    // pool.
    const speeds = { trainRate: 100, embedRates: new Map([['b', { rate: 50, side: 224 }]]) };
    const seconds = (change: Partial<RunConfig>, images = 0) =>
      estimateSeconds({ ...config, ...change }, { images, speeds });
    expect(seconds({})).toBeCloseTo(START + 237.6, 6);
    // Four passes over 300 images at a third of the cost: 400 more.
    expect(seconds({}, 300)).toBeCloseTo(START + 241.6, 6);
    expect(seconds({ inputSize: 64 })).toBeCloseTo(START + 950.4, 6);
  });

  it('CHAIN-9 counts a backbone by what it embeds, at its own rate and side, not as a net that is trained', () => {
    const speeds = { trainRate: 100, embedRates: new Map([['b', { rate: 50, side: 224 }]]) };
    const on = (kind: 'frozen' | 'noisy-head' | 'fine-tuned', side: number) =>
      backboneLink('teacher', kind, { backboneId: 'b', side });
    const seconds = (chain: ChainLink[]) => estimateSeconds({ ...config, chain }, { images: 1000, speeds });
    // 1000 images at 50 a second, a tenth of the head of 10,000, and 50 steps of it.
    expect(seconds([on('frozen', 224)])).toBeCloseTo(START + 20 + 1.2 + 1, 6);
    expect(seconds([on('frozen', 448)])).toBeCloseTo(START + 80 + 1.2 + 1, 6);
    // Validation and test are looked at as well, once.
    expect(
      estimateSeconds({ ...config, chain: [on('frozen', 224)] }, { images: 1000, heldOut: 500, speeds }),
    ).toBeCloseTo(START + 30 + 1.2 + 1, 6);
    // What is kept already is read; a noisy head still looks at its other views.
    const held = new Map([[featuresKey('b', 224), 900]]);
    const reading = (one: ChainLink) =>
      estimateSeconds({ ...config, chain: [one] }, { images: 1000, speeds: { ...speeds, held } });
    expect(reading(on('frozen', 224))).toBeCloseTo(START + 2 + 1.2 + 1, 6);
    expect(reading(on('frozen', 448))).toBeCloseTo(START + 80 + 1.2 + 1, 6);
    expect(reading(on('noisy-head', 224))).toBeCloseTo(START + 2 + 60 + 1.2 + 1, 6);
    const student = { ...on('noisy-head', 224), role: 'student' as const };
    expect(seconds([on('frozen', 224), student])).toBeGreaterThan(20 + 80);
    // 50 steps of 40 images, forward and back, twice as slow as embedding.
    expect(seconds([on('fine-tuned', 224)])).toBeCloseTo(START + (2 * (50 * 40 * 3 + 1000)) / 50 + 1.2 + 1, 6);
    expect(seconds([{ ...on('fine-tuned', 224), tunedShare: 0 }])).toBeLessThan(seconds([on('fine-tuned', 224)]) / 2);
  });

  it(
    'RUN-38 tells what is left at the pace of its finished rounds, and takes off what the round under way has ' +
      'used',
    () => {
      const now = 1_000_000;
      const row = (index: number, role: RoundRole, member: number, seconds: number | null, startedAt: number) => ({
        index,
        role,
        member,
        stage: seconds === null ? ('training' as const) : ('done' as const),
        startedAt: new Date(startedAt),
        metrics: seconds === null ? null : { seconds },
      });
      const left = (rounds: ReturnType<typeof row>[]) => estimateSecondsLeft(config, rounds, { poolImages: 0, now });
      expect(left([])).toBeNull();
      expect(left([row(0, 'teacher', 0, null, now - 5000)])).toBeNull();
      // A teacher of 2,000 images took 40 s: 50 a second. The other one and 19,760 images of the student's round are
      // left.
      const first = row(0, 'teacher', 0, 40, 0);
      expect(left([first])).toBeCloseTo(40 + 19_760 / 50, 6);
      const both = [first, row(0, 'teacher', 1, 40, 0)];
      expect(left([...both, row(1, 'student', 0, null, now - 100_000)])).toBeCloseTo(19_760 / 50 - 100, 6);
      // Slower than thought: never below nothing.
      expect(left([...both, row(1, 'student', 0, null, now - 900_000)])).toBe(0);
      // The control arm's own row is part of its student's time.
      expect(left([...both, row(1, 'student', 0, 500, 0), row(1, 'control', 0, 200, 0)])).toBe(0);
    },
  );

  it("RUN-38 shows times that add up: a student's without its control arm's, which has a row of its own", () => {
    const row = (index: number, role: RoundRole, seconds: number, stage: 'done' | 'control' = 'done') => ({
      index,
      role,
      member: 0,
      stage,
      metrics: { seconds },
    });
    const rounds = [row(0, 'teacher', 46), row(1, 'student', 321), row(1, 'control', 138)];
    expect(rounds.map((round) => ownSeconds(round, rounds))).toEqual([46, 183, 138]);
    // Measured, and its control arm still at work: the stored time is its own.
    const working = row(1, 'student', 170, 'control');
    expect(ownSeconds(working, [working, row(1, 'control', 100)])).toBe(170);
    expect(ownSeconds({ ...working, metrics: null }, [])).toBeNull();
  });
});
