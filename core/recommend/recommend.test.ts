import { checkChain } from '../chain/chain.ts';
import { describe, expect, it } from 'vitest';
import { recommendRun, type BackboneEvidence, type RecommendInput } from './recommend.ts';
import type { Measured } from './trial.ts';

const measured = (accuracy: number, count = 100): Measured => ({
  accuracy,
  interval: [accuracy - 0.05, Math.min(1, accuracy + 0.05)],
  count,
});
const builtIn: BackboneEvidence = {
  id: 'a',
  name: 'Built-in',
  side: 224,
  rate: 40,
  expected: measured(0.97),
};
const photos: RecommendInput = {
  labeled: 40,
  unlabeled: 360,
  classes: 2,
  photoSide: 300,
  gray: false,
  backbones: [builtIn],
  trial: null,
  trainRate: 500,
};
const small: RecommendInput = {
  ...photos,
  labeled: 250,
  unlabeled: 5750,
  classes: 10,
  photoSide: 32,
  backbones: [{ ...builtIn, expected: measured(0.58) }],
};

describe('what to run', () => {
  it('TEACHER-13 lets a backbone alone answer for photographs, within a minute', () => {
    const { chain, seconds, why } = recommendRun(photos);
    expect(chain.map(({ role, kind, backboneId }) => [role, kind, backboneId])).toEqual([['teacher', 'frozen', 'a']]);
    expect(seconds).toBeLessThan(60);
    expect(why.join(' ')).toContain('97.0% (92–100)');
  });

  it('TEACHER-13 lets students from scratch learn from a backbone on many small pictures', () => {
    const { chain } = recommendRun(small);
    expect(chain.map(({ kind }) => kind)).toEqual(['frozen', 'scratch', 'scratch']);
    expect(chain[1]).toMatchObject({ role: 'student', side: 32, model: 's' });
  });

  it('TEACHER-13 takes the better of backbone and nets from scratch where both were tried, with the figures', () => {
    const digits = { ...small, gray: true, backbones: [{ ...builtIn, expected: measured(0.84) }] };
    const trial = (accuracy: number) => ({ scratch: measured(accuracy), backbone: null, together: null });
    const scratch = recommendRun({ ...digits, trial: trial(0.93) });
    expect(scratch.chain.every(({ kind }) => kind === 'scratch')).toBe(true);
    expect(scratch.why[0]).toContain('84.0%');
    expect(scratch.why[0]).toContain('93.0%');
    expect(recommendRun({ ...digits, trial: trial(0.6) }).chain[0]?.kind).toBe('frozen');
  });

  it('TEACHER-13 without evidence gives photos to the backbone and small gray pictures to nets from scratch', () => {
    const untried = { ...builtIn, expected: null };
    expect(recommendRun({ ...photos, backbones: [untried] }).chain[0]?.kind).toBe('frozen');
    expect(recommendRun({ ...small, gray: true, backbones: [untried] }).chain[0]?.kind).toBe('scratch');
  });

  it('TEACHER-13 lets two backbones teach together where they are about as good, else the better one', () => {
    const other = { ...builtIn, id: 'b', name: 'Other', expected: measured(0.96) };
    const ids = (input: RecommendInput): (string | null)[] =>
      recommendRun(input).chain.map(({ backboneId }) => backboneId);
    expect(ids({ ...photos, backbones: [other, builtIn] })).toEqual(expect.arrayContaining(['a', 'b']));
    expect(ids({ ...photos, backbones: [{ ...other, expected: measured(0.9) }, builtIn] })).toEqual(['a']);
  });

  it('TEACHER-13 without a backbone trains from scratch, and without unlabeled images no student', () => {
    const alone = recommendRun({ ...small, backbones: [] });
    expect(alone.chain.map(({ role }) => role)).toEqual(['teacher', 'student', 'student', 'student']);
    expect(alone.chain[0]?.members).toBe(3);
    expect(recommendRun({ ...small, backbones: [], unlabeled: 0 }).chain).toHaveLength(1);
  });

  it('TEACH-6 compares both on the same labels, also on large drawings; both teach where they err differently', () => {
    const found = { scratch: measured(0.8), backbone: measured(0.7), together: measured(0.86) };
    // The backbone's own figure is of other labels: what the trial asked both of counts.
    const drawings = { ...photos, backbones: [{ ...builtIn, expected: measured(0.85) }], trial: found };
    expect(recommendRun(drawings).chain.every(({ kind }) => kind === 'scratch')).toBe(true);
    const both = recommendRun({ ...small, trial: found });
    expect(both.chain.map(({ role, kind }) => [role, kind])).toEqual([
      ['teacher', 'scratch'],
      ['teacher', 'frozen'],
      ['student', 'scratch'],
      ['student', 'scratch'],
    ]);
    expect(both.why[0]).toContain('averaged 86.0%');
    expect(recommendRun({ ...small, trial: { ...found, together: measured(0.81) } }).chain[0]?.members).toBe(3);
    expect(checkChain(both.chain)).toBeNull();
  });

  it('CHAIN-9 counts embedding at the measured rate, and half the time at twice the rate of training', () => {
    const slower = recommendRun({ ...photos, backbones: [{ ...builtIn, rate: 20 }] });
    expect(slower.seconds - recommendRun(photos).seconds).toBeCloseTo(400 / 20 - 400 / 40);
    const [slow, fast] = [500, 1000].map((trainRate) => recommendRun({ ...small, backbones: [], trainRate }).seconds);
    // But for the start of a process, which takes its time however fast it trains.
    const start = 6;
    expect((slow ?? 0) - start).toBeCloseTo(2 * ((fast ?? 0) - start));
  });
});
