import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { addCorner, catchPoints, isInside, pickPerCell, rectangle, shiftOf, WHOLE, zoomed } from './lasso.ts';

const ALL = (): boolean => true;
const cloud = (count: number, side: number) => {
  const random = createRandom(5);
  const draw = () => Float32Array.from({ length: count }, () => random.next() * side);
  return { px: draw(), py: draw() };
};

describe('MAP-2 a lasso', () => {
  it('has inside what its edge goes around, also where that bends inwards', () => {
    const bent = [0, 0, 10, 0, 10, 10, 5, 3, 0, 10];
    expect([isInside(bent, 1, 5), isInside(bent, 9, 5), isInside(bent, 5, 1)]).toEqual([true, true, true]);
    expect([isInside(bent, 5, 8), isInside(bent, 11, 5), isInside(bent, -1, 1)]).toEqual([false, false, false]);
    // Twice around is outside.
    const twice = [...rectangle(0, 0, 9, 9), ...rectangle(3, 3, 6, 6)];
    expect(isInside(rectangle(0, 0, 9, 9), 4, 4)).toBe(true);
    expect(isInside(twice, 4, 4)).toBe(false);
  });

  it('catches as a circle does that is measured by its radius', () => {
    const points = cloud(5000, 100);
    const circle = Array.from({ length: 720 }, (_, at) => (at / 360) * Math.PI).flatMap((turn) => [
      50 + 30 * Math.cos(turn),
      50 + 30 * Math.sin(turn),
    ]);
    const caught = new Set(catchPoints(circle, points, ALL));
    for (let at = 0; at < 5000; at += 1) {
      const far = Math.hypot((points.px[at] ?? 0) - 50, (points.py[at] ?? 0) - 50);
      if (Math.abs(far - 30) > 0.01) expect(caught.has(at)).toBe(far < 30);
    }
  });

  it('catches nothing without an area, and nothing that is not accepted', () => {
    const points = { px: [1, 2, 3], py: [1, 2, 3] };
    expect(catchPoints([0, 0, 9, 9], points, ALL)).toEqual([]);
    expect(catchPoints(rectangle(9, 9, 0, 0), points, ALL)).toEqual([0, 1, 2]);
    expect(catchPoints(rectangle(0, 0, 9, 9), points, (at) => at !== 1)).toEqual([0, 2]);
    expect(catchPoints(rectangle(0, 0, 9, 9), { px: [], py: [] }, ALL)).toEqual([]);
  });

  it('leaves out corners that a slow hand makes', () => {
    const stroke: number[] = [];
    for (let at = 0; at <= 100; at += 1) addCorner(stroke, at / 10, 0);
    expect(stroke.length / 2).toBeLessThanOrEqual(5);
  });
});

describe('MAP-3 a view', () => {
  it('keeps the place under the pointer where it is, and is whole again at the end', () => {
    const [x, y] = [130, 420];
    let view = WHOLE;
    const placeOf = () => {
      const [shiftX, shiftY] = shiftOf(view, 800, 600);
      return [(x - shiftX) / view.zoom, (y - shiftY) / view.zoom] as const;
    };
    const before = placeOf();
    for (const factor of [1.4, 3, 0.8, 2]) view = zoomed(view, factor, x, y, 800, 600);
    expect(placeOf()[0]).toBeCloseTo(before[0], 6);
    expect(placeOf()[1]).toBeCloseTo(before[1], 6);
    expect(zoomed(view, 1000, x, y, 800, 600).zoom).toBe(40);
    expect(zoomed(view, 0.001, x, y, 800, 600)).toBe(WHOLE);
  });

  it('has one picture a cell, of points that are in the frame and open', () => {
    const points = cloud(3000, 800);
    const frame = { width: 800, height: 600, cell: 80 };
    const view = zoomed(WHOLE, 4, 300, 200, 800, 600);
    const picked = pickPerCell(points, view, frame, (at) => at % 2 === 0);
    const cells = picked.map(({ x, y }) => `${Math.floor(x / 80)} ${Math.floor(y / 80)}`);
    expect(new Set(cells).size).toBe(picked.length);
    expect(picked.length).toBeGreaterThan(30);
    expect(picked.length).toBeLessThanOrEqual(10 * 8);
    for (const { index, x, y } of picked) {
      expect(index % 2).toBe(0);
      expect(x >= 0 && x < 800 && y >= 0 && y < 600).toBe(true);
    }
  });
});
