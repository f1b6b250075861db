import { expect, it } from 'vitest';
import { neighbours } from './neighbours.ts';

it('PAGE-15 from an image that was excluded one goes on to the one that took its place, and back', () => {
  const items = ['a', 'b', 'c', 'd'];
  expect(neighbours(items, { place: 1, seen: 1 })).toEqual({ previous: 'a', next: 'c' });
  // b was excluded: the list closed up.
  expect(neighbours(['a', 'c', 'd'], { place: -1, seen: 1 })).toEqual({ previous: 'a', next: 'c' });
  expect(neighbours(['b', 'c'], { place: -1, seen: 0 })).toEqual({ previous: null, next: 'b' });
  expect(neighbours(['a', 'b', 'c'], { place: -1, seen: 3 })).toEqual({ previous: 'c', next: null });
  // Opened by its address, and not in the list at all.
  expect(neighbours(items, { place: -1, seen: -1 })).toEqual({ previous: null, next: null });
});
