import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FLIP_HORIZONTAL,
  FLIP_VERTICAL,
  IDENTITY,
  compose,
  reflect,
  rotation,
  shear,
  transform,
  translation,
} from './affine.ts';
import type { Affine } from './affine.ts';

const shape = { height: 3, width: 3, channels: 1 };
const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function run(map: Affine, values = nine, size = shape): number[] {
  const target = new Uint8Array(values.length);
  transform(Uint8Array.from(values), target, size, map);
  return [...target];
}

describe('transform', () => {
  it('copies, flips and moves exactly', () => {
    expect(run(IDENTITY)).toEqual(nine);
    expect(run(FLIP_HORIZONTAL)).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
    expect(run(FLIP_VERTICAL)).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
    expect(run(translation(1, 0))).toEqual([2, 1, 2, 5, 4, 5, 8, 7, 8]);
    expect(run(translation(0, -1))).toEqual([4, 5, 6, 7, 8, 9, 4, 5, 6]);
  });
  it('turns counter-clockwise by 90 and 180 degrees', () => {
    expect(run(rotation(90))).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
    expect(run(rotation(180))).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });
  it('shears by half a pixel with bilinear values', () => {
    expect(run(shear(0.5, 0), [0, 100, 200, 0, 100, 200, 0, 100, 200])).toEqual([
      50, 50, 150, 0, 100, 200, 50, 150, 150,
    ]);
  });
  it('moves half a pixel by interpolation', () => {
    expect(run(translation(-0.5, 0), [0, 100, 200, 0, 100, 200, 0, 100, 200]).slice(0, 3)).toEqual([50, 150, 150]);
  });
  it('composes as one after the other', () => {
    expect(run(compose(FLIP_HORIZONTAL, translation(1, 0)))).toEqual(run(FLIP_HORIZONTAL, run(translation(1, 0))));
    expect(run(compose(translation(1, 0), FLIP_HORIZONTAL))).toEqual(run(translation(1, 0), run(FLIP_HORIZONTAL)));
    expect(run(compose(FLIP_HORIZONTAL, FLIP_HORIZONTAL))).toEqual(nine);
  });
  it('keeps channels together and a flat image flat, whatever the map', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        (degrees, move) => {
          const values = Array.from({ length: 5 * 4 * 3 }, (_, i) => [10, 130, 250][i % 3] ?? 0);
          expect(
            run(compose(rotation(degrees), translation(move, -move)), values, { height: 5, width: 4, channels: 3 }),
          ).toEqual(values);
        },
      ),
    );
  });
  it('takes 1×1 images', () => {
    expect(run(rotation(30), [77], { height: 1, width: 1, channels: 1 })).toEqual([77]);
  });
});

it('reflect does not repeat the edge', () => {
  expect([-2, -1, 0, 1, 2, 3, 4].map((i) => reflect(i, 3))).toEqual([2, 1, 0, 1, 2, 1, 0]);
});
