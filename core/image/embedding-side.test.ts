import { describe, expect, it } from 'vitest';
import { chooseSide } from './embedding-side.ts';

describe('the side on which a backbone looks', () => {
  it('FEATURE-2 is its own for photos, and what fills it for small images', () => {
    expect(chooseSide(300, 400)).toBe(300);
    expect(chooseSide(224, 224)).toBe(224);
    expect(chooseSide(224, 150)).toBe(160);
    expect(chooseSide(300, 32)).toBe(128);
    expect(chooseSide(300, 1)).toBe(128);
  });

  it('FEATURE-2 never leaves what the backbone was made for', () => {
    expect(chooseSide(96, 32)).toBe(96);
    expect(chooseSide(16, 4000)).toBe(16);
  });
});
