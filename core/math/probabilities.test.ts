import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argmaxRows,
  brierScore,
  crossEntropy,
  expectedCalibrationError,
  klDivergence,
  marginOf,
  negativeLogLikelihood,
  reliabilityBins,
  softmax,
} from './probabilities.ts';

describe('softmax', () => {
  it('gives known values, and flattens with temperature', () => {
    const [a, b, c] = softmax([1, 2, 3], 3);
    expect(a).toBeCloseTo(0.09003057, 6);
    expect(b).toBeCloseTo(0.24472847, 6);
    expect(c).toBeCloseTo(0.66524096, 6);
    expect(softmax([0, Math.log(16)], 2, 2)[1]).toBeCloseTo(0.8, 6);
    expect(softmax([0, Math.log(3)], 2, 0.5)[1]).toBeCloseTo(0.9, 6);
  });
  it('sums to one for any finite logits and any temperature', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.double({ min: 0.05, max: 50, noNaN: true }),
        (logits, temperature) => {
          const sum = softmax(logits, 4, temperature).reduce((total, p) => total + p, 0);
          expect(sum).toBeCloseTo(1, 5);
        },
      ),
    );
  });
});

describe('divergences', () => {
  it('KL is zero only for equal vectors and known otherwise', () => {
    expect(klDivergence([0.5, 0.5], [0.5, 0.5])).toBe(0);
    expect(klDivergence([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 10);
    expect(klDivergence([1, 0], [0.25, 0.75])).toBeCloseTo(Math.log(4), 10);
  });
  it('cross-entropy is entropy plus KL', () => {
    const p = [0.2, 0.8];
    const q = [0.6, 0.4];
    expect(crossEntropy(p, q)).toBeCloseTo(crossEntropy(p, p) + klDivergence(p, q), 10);
    expect(crossEntropy([0, 1], [0.75, 0.25])).toBeCloseTo(Math.log(4), 10);
    expect(crossEntropy([1, 0], [0, 1])).toBeGreaterThan(20);
  });
  it('NLL and Brier average over rows', () => {
    expect(negativeLogLikelihood([0.5, 0.5, 0.25, 0.75], [0, 0], 2)).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 10);
    expect(brierScore([1, 0, 0.5, 0.5], [0, 1], 2)).toBeCloseTo(0.25, 10);
  });
});

describe('calibration', () => {
  it('ECE of a hand-made case', () => {
    const probabilities = [0.9, 0.1, 0.9, 0.1, 0.4, 0.6, 0.4, 0.6];
    expect(expectedCalibrationError(probabilities, [0, 0, 1, 0], 2)).toBeCloseTo(0.5 * 0.1 + 0.5 * 0.1, 6);
    expect(expectedCalibrationError(probabilities, [0, 1, 0, 0], 2)).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.6, 6);
    expect(expectedCalibrationError([], [], 2)).toBe(0);
  });
  it('bins hold every row once, a certain answer in the last', () => {
    const bins = reliabilityBins([1, 0, 0.5, 0.5], [0, 1], 2);
    expect(bins).toHaveLength(15);
    expect(bins[14]).toMatchObject({ count: 1, right: 1, confidence: 1, accuracy: 1 });
    expect(bins[7]).toMatchObject({ count: 1, right: 0, confidence: 0.5 });
    expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(2);
  });
});

it('argmax takes the first of a tie; margin is first minus second', () => {
  expect([...argmaxRows([0.2, 0.4, 0.4, 0.9, 0, 0.1], 3)]).toEqual([1, 0]);
  expect(marginOf([0.2, 0.7, 0.1], 3, 0)).toBeCloseTo(0.5);
});
