import { expect, it } from 'vitest';
import { isTap } from './tap.ts';

const down = { x: 100, y: 200, at: 1000 };

it('TOUCH-4 a finger that is lifted where it came down taps; one that rests or moves away does not', () => {
  expect(isTap(down, { x: 103, y: 204, at: 1080 })).toBe(true);
  expect(isTap(down, { x: 100, y: 200, at: 1600 })).toBe(false);
  expect(isTap(down, { x: 100, y: 214, at: 1080 })).toBe(false);
});
