import { describe, expect, it } from 'vitest';
import { restingFigure } from './resting-figure.ts';

describe('the figure beside a curve', () => {
  it('PAGE-8 is the finished round’s own, and before that the newest quick look, called so', () => {
    expect(restingFigure({ valAccuracy: 0.731 }, 0.72)).toBe('73.1% final');
    expect(restingFigure(null, 0.72)).toBe('72.0% so far');
    expect(restingFigure(null, null)).toBe('–');
  });
});
