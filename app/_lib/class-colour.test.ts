import { describe, expect, it } from 'vitest';
import { CLASS_COLOURS } from '#core/project/project.ts';
import { classColour, classShape, contrast, reachContrast } from './class-colour.ts';

describe('class colours', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrast('#ffffff', '#ffffff')).toBe(1);
  });

  it('PAGE-1 stand 3:1 out of the panel of both themes', () => {
    for (const colour of CLASS_COLOURS) {
      expect(contrast(reachContrast(colour, '#ffffff'), '#ffffff')).toBeGreaterThanOrEqual(3);
      expect(contrast(reachContrast(colour, '#151518'), '#151518')).toBeGreaterThanOrEqual(3);
    }
  });

  it('leave alone what reads already', () => {
    expect(reachContrast('#0072b2', '#ffffff')).toBe('#0072b2');
    expect(classColour('#0072b2')).toContain('light-dark(#0072b2');
  });

  it('PAGE-1 carry a second sign: twelve positions, twelve glyphs', () => {
    const glyphs = new Set(Array.from({ length: 12 }, (_, position) => JSON.stringify(classShape(position))));
    expect(glyphs.size).toBe(12);
  });

  it('never let a bad hex through', () => {
    expect(reachContrast('red;}', '#ffffff')).toMatch(/^#[0-9a-f]{6}$/);
  });
});
