import { describe, expect, it } from 'vitest';
import { inEnglish } from '../text/in-english.ts';
import { isCalibrationWorse, sayStandings, wordOfVerdict } from './verdict.ts';
import type { Standings } from './verdict.ts';

const standing = (standings: Standings): string | null => {
  const said = sayStandings(standings);
  return said && inEnglish(said);
};
import type { Paired } from './verdict.ts';

const pair = (points: number, [low, high]: [number, number], n: number): Paired => ({
  difference: points / 100,
  interval: [low / 100, high / 100],
  n,
});
const better = pair(8.7, [2.9, 14.4], 400);
const chance = pair(1, [-2, 4], 400);
const worse = pair(-3, [-5, -1], 1200);

describe('RUN-39 the verdict on a round', () => {
  it('is good only for what is better than its teacher and its control arm, more than chance may do', () => {
    expect(wordOfVerdict('accept', { teacher: better, control: better })).toEqual({
      word: 'better',
      tone: 'good',
    });
    expect(wordOfVerdict('accept', { teacher: better, control: null }).tone).toBe('good');
    expect(wordOfVerdict('accept', { teacher: better, control: chance }).tone).toBe('neutral');
    // The green of before: +8.7 points on 150 images, of which nothing may be concluded.
    expect(wordOfVerdict('accept', { teacher: { ...better, n: 150 }, control: null })).toEqual({
      word: 'noGain',
      tone: 'neutral',
    });
    expect(wordOfVerdict('accept', { teacher: null, control: null }).tone).toBe('neutral');
  });

  it('RUN-36 warns of what was accepted below its control arm', () => {
    expect(wordOfVerdict('accept', { teacher: better, control: worse })).toMatchObject({ tone: 'warn' });
    expect(wordOfVerdict('accept', { teacher: better, control: pair(-1, [-4, 2], 90) }).word).toBe('belowControl');
    expect(wordOfVerdict('hold', { teacher: better, control: worse })).toEqual({ word: 'held', tone: 'warn' });
    expect(wordOfVerdict('roll-back', { teacher: better, control: better }).tone).toBe('bad');
  });

  it('says above, below or level in words, with the interval, and concludes nothing across zero or of few', () => {
    expect(standing({ teacher: better, control: worse })).toBe(
      '8.7 points above its teacher (2.9 to 14.4), better and not by chance; 3.0 points below its control arm ' +
        '(−5.0 to −1.0), worse and not by chance; 95% intervals, 400 validation images',
    );
    expect(standing({ teacher: pair(10, [5, 15], 150), control: null })).toBe(
      '10.0 points above its teacher (5.0 to 15.0); 95% interval, 150 validation images: with fewer than 200 of ' +
        'them no improvement is concluded',
    );
    expect(standing({ teacher: null, control: pair(0.02, [-2, 2], 1200) })).toMatch(
      /^level with its control arm .*not more than chance may do; 95% interval, 1,200 validation images$/,
    );
    expect(standing({ teacher: null, control: pair(0, [0, 0], 0) })).toBeNull();
  });

  it('tells a calibration that its temperature made worse', () => {
    expect(isCalibrationWorse({ eceBefore: 0.03, eceAfter: 0.05 })).toBe(true);
    expect(isCalibrationWorse({ eceBefore: 0.03, eceAfter: 0.031 })).toBe(false);
  });
});
