import { afterEach, expect, it, vi } from 'vitest';
import { keep, readKept } from './kept.ts';

afterEach(() => vi.unstubAllGlobals());

const shut = () => {
  throw new DOMException('denied', 'SecurityError');
};

it('PAGE-11 a preference lasts as long as the page where storage is missing, shut or full', () => {
  keep('missing', 'a');
  expect(readKept('missing')).toBe('a');
  vi.stubGlobal('localStorage', { getItem: shut, setItem: shut });
  keep('shut', 'b');
  expect(readKept('shut')).toBe('b');
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: shut });
  keep('full', 'c');
  expect(readKept('full')).toBe('c');
  expect(readKept('never')).toBeNull();
});
