import { describe, expect, it } from 'vitest';
import { acceptedCount } from './accepted-count.ts';

describe('accepted pseudo-labels of a student', () => {
  it('are known as soon as it begins to train', () => {
    expect(acceptedCount({ metrics: null, selection: null })).toBeNull();
    expect(acceptedCount({ metrics: null, selection: { taken: 65 } })).toBe(65);
    expect(acceptedCount({ metrics: { pseudo: 64 }, selection: { taken: 64 } })).toBe(64);
    expect(acceptedCount({ metrics: { pseudo: 64 }, selection: { accepted: 70 } })).toBe(64);
  });
});
