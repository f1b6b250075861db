import { describe, expect, it } from 'vitest';
import { createSeldom } from './seldom.ts';

describe('a warning that keeps coming', () => {
  it('OPS-11 is said at once, then seldom and with how often it came; what stayed away begins anew', () => {
    let at = 0;
    const seldom = createSeldom(() => at);
    const said: [number, number][] = [];
    for (; at < 7_200_000; at += 1000) {
      const unsaid = seldom('a sweep failed');
      if (unsaid !== null) said.push([at / 1000, unsaid]);
    }
    expect(said.slice(0, 4)).toEqual([
      [0, 0],
      [60, 59],
      [180, 119],
      [420, 239],
    ]);
    expect(said.length).toBeLessThan(9);
    expect(seldom('a heartbeat was lost')).toBe(0);
    at += 3_600_000;
    expect(seldom('a sweep failed')).toBeGreaterThan(0);
    at += 1000;
    expect(seldom('a sweep failed')).toBeNull();
    at += 59_000;
    expect(seldom('a sweep failed')).toBe(1);
  });
});
