import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { NO_TAG, packMap, patchMap, unpackMap } from './point-map.ts';
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
  suspect: Uint8Array.from(points, ({ flipped, labeled }) => Number(flipped && labeled)),
  split: Uint8Array.from(points, (_, at) => at % 3),
  tag: Uint8Array.from(points, (_, at) => (at % 4 === 0 ? NO_TAG : at % 4)),
  imageIds: Uint8Array.from(
    points.flatMap(({ opens }, at) => (opens ? [...new Uint8Array(14), at >> 8, at & 255] : [])),
  ),
});
const idOf = (at: number): string => `00000000-0000-0000-0000-${at.toString(16).padStart(12, '0')}`;

describe('point map', () => {
  it('MAP-1 brings every point back within one step of its grid', () => {
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
      if (i % 50 > 0) continue;
      expect([map.suspect[i], map.split[i], map.tag[i]]).toEqual([
        Number(point.flipped && point.labeled),
        i % 3,
        i % 4 === 0 ? NO_TAG : i % 4,
      ]);
      // Which image it is stands with those points alone that open.
      expect(map.imageIdOf(i)).toBe(point.opens ? idOf(i) : null);
      expect(map.pointOf(idOf(i))).toBe(point.opens ? i : -1);
    }
    expect(packed.data.length).toBeLessThan(points.length * 11);
  });

  it('packs one point, and none', () => {
    expect(unpackMap(packMap(columnsOf([]))).count).toBe(0);
    const one = unpackMap(
      packMap(columnsOf([{ x: 2, y: -1, classIndex: 4, confidence: 1, flipped: false, labeled: true, opens: false }])),
    );
    expect([one.x[0], one.y[0], one.classIndex[0], one.confidence[0], one.labeled[0]]).toEqual([2, -1, 4, 1, 1]);
  });

  it('MAP-4 takes what is told of some points by now, and leaves all else as it is', () => {
    const points = Array.from({ length: 300 }, (_, at) => ({
      x: at,
      y: -at,
      classIndex: 1,
      confidence: 0.5,
      flipped: false,
      labeled: false,
      opens: at % 2 === 0,
    }));
    const map = unpackMap(packMap(columnsOf(points)));
    const told = { classIndex: 3, confidence: 0, labeled: true, suspect: true, tag: 2 };
    const next = patchMap(map, [
      { imageId: idOf(200), ...told },
      { imageId: idOf(201), ...told },
    ]);
    expect([next.classIndex[200], next.labeled[200], next.suspect[200], next.tag[200]]).toEqual([3, 1, 1, 2]);
    expect([map.classIndex[200], map.labeled[200]]).toEqual([1, 0]);
    // A point that does not open is nobody's here.
    expect([next.classIndex[201], next.labeled[201]]).toEqual([1, 0]);
    expect(next.x).toBe(map.x);
  });
});
