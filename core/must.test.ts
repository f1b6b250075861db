import { expect, it } from 'vitest';
import { must } from './must.ts';

it('RUN-4 what must be there is found, or missed by its noun', () => {
  const names = new Map([['a', 0]]);
  expect(must(names, 'a', 'class')).toBe(0);
  expect(() => must(names, 'b', 'class')).toThrow('class b is missing');
  expect(must([''], 0, 'name')).toBe('');
  expect(() => must([''], 1, 'name')).toThrow('name 1 is missing');
});
