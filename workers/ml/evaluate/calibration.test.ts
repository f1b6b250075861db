import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { expectedCalibrationError, softmax } from '#core/math/probabilities.ts';
import { fitTemperature } from './calibration.ts';

describe('temperature', () => {
  it('LEARN-8 is found again when logits were sharpened by a known factor', () => {
    const random = createRandom(11);
    const classCount = 4;
    const logits = Float32Array.from({ length: 4000 * classCount }, () => random.normal() * 1.5);
    const probabilities = softmax(logits, classCount);
    const truth = Array.from({ length: 4000 }, (_, row) => {
      let draw = random.next();
      for (let c = 0; c < classCount; c += 1) {
        draw -= probabilities[row * classCount + c] ?? 0;
        if (draw <= 0) return c;
      }
      return classCount - 1;
    });
    const sharpened = logits.map((value) => value * 3);
    const temperature = fitTemperature(sharpened, truth, classCount);
    expect(temperature).toBeGreaterThan(2.7);
    expect(temperature).toBeLessThan(3.3);
    expect(expectedCalibrationError(softmax(sharpened, classCount, temperature), truth, classCount)).toBeLessThan(
      expectedCalibrationError(softmax(sharpened, classCount), truth, classCount),
    );
  });

  it('LEARN-8 is one without validation answers', () => {
    expect(fitTemperature([], [], 3)).toBe(1);
  });
});
