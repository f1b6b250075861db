import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { packMap, unpackMap } from './point-map.ts';
import type { MapColumns } from './point-map.ts';

interface Point {
  x: number;
  y: number;
  classIndex: number;
  confidence: number;
  flipped: boolean;
  labeled: boolean;
  opens: boolean;
}
const columnsOf = (points: Point[]): MapColumns => ({
  x: Float32Array.from(points, ({ x }) => x),
  y: Float32Array.from(points, ({ y }) => y),
  classIndex: points.map(({ classIndex }) => classIndex),
  confidence: Float32Array.from(points, ({ confidence }) => confidence),
  flipped: Uint8Array.from(points, ({ flipped }) => Number(flipped)),
  labeled: Uint8Array.from(points, ({ labeled }) => Number(labeled)),
  opens: Uint8Array.from(points, ({ opens }) => Number(opens)),
});

describe('point map', () => {
  it('brings every point back within one step of its grid', () => {
    const random = createRandom(3);
    const points = Array.from({ length: 20_000 }, (_, index) => ({
      x: random.normal() * 7 - 3,
      y: random.next() * 0.01,
      classIndex: index % 12,
      confidence: random.next(),
      flipped: index % 3 === 0,
      labeled: index % 5 === 0,
      opens: index % 7 === 0,
    }));
    const packed = packMap(columnsOf(points));
    const map = unpackMap(packed);
    const stepX = (packed.bounds[2] - packed.bounds[0]) / 65_535;
    for (const [i, point] of points.entries()) {
      expect(Math.abs((map.x[i] ?? NaN) - point.x)).toBeLessThan(stepX + 1e-5);
      expect(Math.abs((map.confidence[i] ?? NaN) - point.confidence)).toBeLessThan(0.5 / 255 + 1e-6);
      expect([map.classIndex[i], map.flipped[i], map.labeled[i], map.opens[i]]).toEqual([
        point.classIndex,
        ...[point.flipped, point.labeled, point.opens].map(Number),
      ]);
    }
    expect(packed.data.length).toBeLessThan(points.length * 10);
  });

  it('packs one point, and none', () => {
    expect(unpackMap(packMap(columnsOf([]))).count).toBe(0);
    const one = unpackMap(
      packMap(columnsOf([{ x: 2, y: -1, classIndex: 4, confidence: 1, flipped: false, labeled: true, opens: false }])),
    );
    expect([one.x[0], one.y[0], one.classIndex[0], one.confidence[0], one.labeled[0]]).toEqual([2, -1, 4, 1, 1]);
  });
});
