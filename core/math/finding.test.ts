import { describe, expect, it } from 'vitest';
import { findingOf, VALIDATION_WANTED } from './finding.ts';

describe('what may be concluded of a difference', () => {
  it('RUN-25 calls one better or worse only where the interval spares zero and 200 images speak', () => {
    expect(VALIDATION_WANTED).toBe(200);
    expect(findingOf({ interval: [0.01, 0.1], n: 200 })).toBe('better');
    expect(findingOf({ interval: [-0.1, -0.01], n: 200 })).toBe('worse');
    expect(findingOf({ interval: [0.05, 0.2], n: 199 })).toBe('few');
    expect(findingOf({ interval: [-0.2, -0.05], n: 150 })).toBe('few');
    expect(findingOf({ interval: [0, 0.1], n: 5000 })).toBe('chance');
    expect(findingOf({ interval: [-0.01, 0.1], n: 150 })).toBe('chance');
  });
});
