import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { makePointIndex } from '../geometry.ts';
import { orderByGroup, paintPoints } from './paint-points.ts';

const WHITE = [255, 255, 255] as const;
const GREY = [100, 100, 100] as const;
const RED = [200, 0, 0] as const;
const BLUE = [0, 0, 200] as const;

function paint(
  points: [number, number, number][],
  at = { zoom: 1, shiftX: 0, shiftY: 0 },
  look: { side?: number; opacity?: number } = {},
) {
  const [width, height] = [10, 6];
  const data = new Uint8ClampedArray(width * height * 4);
  const groups = points.map(([, , group]) => group);
  paintPoints(
    { data, width, height },
    {
      px: Float32Array.from(points, ([x]) => x),
      py: Float32Array.from(points, ([, y]) => y),
      ...orderByGroup(groups, points.length, 2),
    },
    at,
    { background: WHITE, colours: [GREY, RED, BLUE], side: look.side ?? 1, opacity: look.opacity ?? 1 },
  );
  return (x: number, y: number): number[] => Array.from(data.slice((y * width + x) * 4, (y * width + x) * 4 + 4));
}

describe('painted points', () => {
  it('PAGE-5 stand where they are, in the colour of their group, and nowhere else', () => {
    const at = paint([
      [2.5, 1.5, 0],
      [7.5, 4.5, 1],
      [4.5, 2.5, 255],
    ]);
    expect(at(2, 1)).toEqual([...RED, 255]);
    expect(at(7, 4)).toEqual([...BLUE, 255]);
    expect(at(4, 2)).toEqual([...GREY, 255]);
    let white = 0;
    for (let y = 0; y < 6; y += 1)
      for (let x = 0; x < 10; x += 1) if (at(x, y).every((value, i) => value === [...WHITE, 255][i])) white += 1;
    expect(white).toBe(57);
  });

  it('PAGE-5 follow zoom and shift, and are cut at the edge', () => {
    const at = paint(
      [
        [1, 1, 0],
        [4, 2, 1],
        [100, 100, 0],
      ],
      { zoom: 2, shiftX: 1, shiftY: 0 },
      { side: 2 },
    );
    expect([at(2, 1), at(3, 2)]).toEqual([
      [...RED, 255],
      [...RED, 255],
    ]);
    expect([at(8, 3), at(9, 4)]).toEqual([
      [...BLUE, 255],
      [...BLUE, 255],
    ]);
    expect(at(0, 3)).toEqual([...WHITE, 255]);
    expect(paint([[9.5, 5.5, 0]], undefined, { side: 4 })(9, 5)).toEqual([...RED, 255]);
  });

  it('PAGE-5 let what lies below shine through; groups lie above those without one', () => {
    const at = paint([[2.5, 1.5, 0]], undefined, { opacity: 0.5 });
    expect(at(2, 1)).toEqual([227, 127, 127, 255]);
    expect(
      paint([
        [2.5, 1.5, 0],
        [2.5, 1.5, 9],
      ])(2, 1),
    ).toEqual([...RED, 255]);
  });
});

describe('finding a point', () => {
  it('gives the nearest within the cell, as a search over all does', () => {
    const random = createRandom(4);
    const xs = Float32Array.from({ length: 3000 }, () => random.next() * 300 - 40);
    const ys = Float32Array.from({ length: 3000 }, () => random.next() * 200 - 40);
    const find = makePointIndex(xs, ys, 14);
    for (let query = 0; query < 300; query += 1) {
      const [x, y] = [random.next() * 340 - 60, random.next() * 240 - 60];
      let [best, bestSquare] = [-1, 14 * 14];
      for (let i = 0; i < xs.length; i += 1) {
        const square = ((xs[i] ?? 0) - x) ** 2 + ((ys[i] ?? 0) - y) ** 2;
        if (square <= bestSquare) [best, bestSquare] = [i, square];
      }
      expect(find(x, y)).toBe(best);
    }
    expect(makePointIndex([], [], 14)(1, 1)).toBe(-1);
  });
});
