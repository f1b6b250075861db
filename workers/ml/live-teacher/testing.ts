import { createRandom } from '#core/math/random.ts';
import type { Points } from '../selection/k-means.ts';

/** Drawn clouds for tests: as many as classes, around centres `apart` deviations from the origin. */
export function drawBlobs(options: { count: number; classes: number; width: number; apart: number; seed: number }): {
  points: Points;
  truth: number[];
} {
  const { count, classes, width, apart, seed } = options;
  const random = createRandom(seed);
  const centres = Array.from({ length: classes }, () => direction(width, random.normal, apart));
  const truth = Array.from({ length: count }, (_, row) => row % classes);
  const values = new Float32Array(count * width);
  truth.forEach((classIndex, row) => {
    for (let d = 0; d < width; d += 1) values[row * width + d] = (centres[classIndex]?.[d] ?? 0) + random.normal();
  });
  return { points: { values, count, width }, truth };
}

function direction(width: number, normal: () => number, length: number): number[] {
  const values = Array.from({ length: width }, normal);
  const own = Math.hypot(...values);
  return values.map((value) => (value * length) / own);
}

/** So many rows of each class, drawn at random. */
export function drawLabels(truth: readonly number[], perClass: number, seed: number): number[] {
  const random = createRandom(seed).fork('labels');
  const classes = [...new Set(truth)].sort((a, b) => a - b);
  return classes.flatMap((classIndex) =>
    random.shuffle(truth.flatMap((one, row) => (one === classIndex ? [row] : []))).slice(0, perClass),
  );
}
