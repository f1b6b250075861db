import { describe, expect, it } from 'vitest';
import { describeControlGain } from './control-arm.ts';

describe('a student beside its control arm', () => {
  it('RUN-36 says below, above or level in words, with the interval, and claims nothing across zero', () => {
    expect(describeControlGain({ difference: -0.03, interval: [-0.05, -0.01], n: 1200 })).toBe(
      '3.0 points below the control arm (95% interval −5.0 to −1.0, 1,200 validation images): self-training made it ' +
        'worse.',
    );
    expect(describeControlGain({ difference: -0.03, interval: [-0.07, 0.01], n: 100 })).toMatch(
      /^3\.0 points below the control arm .*−7\.0 to 1\.0.*not more than chance may do\.$/,
    );
    expect(describeControlGain({ difference: 0.056, interval: [0.02, 0.09], n: 300 })).toMatch(
      /^5\.6 points above the control arm .*self-training helped\.$/,
    );
    expect(describeControlGain({ difference: 0.1, interval: [0.05, 0.15], n: 150 })).toMatch(
      /150 validation images\): with fewer than 200 of them nothing is claimed\.$/,
    );
    expect(describeControlGain({ difference: 0, interval: [-0.02, 0.02], n: 300 })).toMatch(
      /^Level with the control arm/,
    );
  });
});
