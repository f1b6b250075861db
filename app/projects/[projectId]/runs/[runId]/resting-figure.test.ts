import { describe, expect, it } from 'vitest';
import { english } from '#core/text/en/index.ts';
import { korean } from '#core/text/ko/index.ts';
import { makeSpoken } from '../../../../_text/text.tsx';
import { restingFigure } from './resting-figure.ts';

const spoken = makeSpoken('en', english.runrooms);

describe('the figure beside a curve', () => {
  it('PAGE-8 is the finished round’s own, and before that the newest quick look, called so', () => {
    expect(restingFigure(spoken, { valAccuracy: 0.731 }, 0.72)).toBe('73.1% final');
    expect(restingFigure(spoken, null, 0.72)).toBe('72.0% so far');
    expect(restingFigure(spoken, null, null)).toBe('–');
    expect(restingFigure(makeSpoken('ko', korean.runrooms), null, 0.72)).toBe('현재 72.0%');
  });
});
