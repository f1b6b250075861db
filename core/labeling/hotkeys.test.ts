import { describe, expect, it } from 'vitest';
import { layoutKeys } from './hotkeys.ts';

const classes = Array.from({ length: 40 }, (_, position) => ({
  id: `c${position}`,
  hotkey: position < 3 ? 'xyz'.charAt(position) : null,
  position,
}));

describe('hotkeys', () => {
  it('are the ones set on the classes under numbers', () => {
    expect([...layoutKeys(classes, 'numbers')]).toEqual([
      ['x', 'c0'],
      ['y', 'c1'],
      ['z', 'c2'],
    ]);
  });

  it.each([
    ['letters', 36, 'q'],
    ['one-handed', 20, '1'],
  ] as const)('%s: %i different keys by position, %s first', (layout, count, first) => {
    const keys = layoutKeys([...classes].reverse(), layout);
    expect(keys.size).toBe(count);
    expect(keys.get(first)).toBe('c0');
    expect(new Set(keys.values()).size).toBe(count);
    for (const key of keys.keys()) expect(key).toMatch(/^[0-9a-z]$/);
  });
});
