import { describe, expect, it } from 'vitest';
import { english } from '../text/en/index.ts';
import { makeText } from '../text/text.ts';
import { describeOutlook, judgeOutlook, type Outlook } from './enough-labels.ts';

const { t } = makeText('en', english.runs);
const outlook = (gain: number, low: number, high: number): Outlook => ({
  now: { labels: 100, accuracy: 0.9, interval: [0.85, 0.94] },
  next: { labels: 150, accuracy: 0.9 + gain, interval: [0.85, 0.97] },
  gain: { accuracy: gain, interval: [low, high] },
});

describe('have I labeled enough', () => {
  it('TEACHER-12 says enough only when even the upper end of the gain is below a point', () => {
    expect(judgeOutlook(outlook(0.002, 0, 0.009))).toBe('enough');
    expect(judgeOutlook(outlook(0.005, 0, 0.02))).toBe('some');
    expect(judgeOutlook(outlook(0.03, 0.012, 0.05))).toBe('more');
    expect(judgeOutlook(null)).toBe('unknown');
  });

  it('TEACHER-12 names the accuracy expected now with its interval, and what 50 labels more should bring', () => {
    const sentence = describeOutlook(t, outlook(0.03, 0.012, 0.05), { value: 0.9, low: 0.85, high: 0.94 });
    expect(sentence).toContain('With 100 labels');
    expect(sentence).toContain('90.0% (85–94)');
    expect(sentence).toContain('50 more should bring 3.0 points');
    expect(describeOutlook(t, null, null)).toContain('Label a few more of each class');
  });

  it('PAGE-12 says the accuracy that stands beside it, not one of its own from the curve', () => {
    const apart = {
      ...outlook(0.03, 0.012, 0.05),
      now: { labels: 100, accuracy: 0.955, interval: [0.93, 0.97] as [number, number] },
    };
    const sentence = describeOutlook(t, apart, { value: 0.9, low: 0.85, high: 0.94 });
    expect(sentence).toContain('90.0% (85–94)');
    expect(sentence).not.toContain('95.5');
    expect(describeOutlook(t, apart, null)).toBe(
      'On 100 labels, 50 more should bring 3.0 points. Labeling on is worth it.',
    );
  });
});
