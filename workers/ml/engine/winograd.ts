import { SIMD, type KernelSource } from './assembler.ts';
import { activate, type Activation } from './wasm-rows.ts';
import type { Transform } from './winograd-transforms.ts';

/** The transforms of winograd-transforms.ts as kernels over strips of tiles. */

/** One row of tiles of one image. */
export interface StripShape {
  transform: Transform;
  /** Pixels between the starts of neighbouring tiles. */
  step: number;
  /** Floats of an image row, width·channels, and how many of its first ones tiles read. */
  row: number;
  used: number;
  /** Floats of a row of the strip: (columns of all tiles)·channels. */
  stripRow: number;
  channels: number;
  tiles: number;
  /** Floats between the same tile at neighbouring positions. */
  plane: number;
}

/**
 * run(x, strip): the transform down the columns, one row [stripRow] a point from rows first..last of a tile that lie
 * inside the image (others are zero); x is the first of those, strip the place of the image's first column.
 */
export const columnsKernel = (
  { transform, row, used, stripRow }: StripShape,
  first: number,
  last: number,
): KernelSource => ({
  name: `winogradColumns:${transform.name}:${row}:${used}:${stripRow}:${first}:${last}`,
  parameters: 2,
  build: (c) => {
    const [x, strip] = [0, 1];
    // Locals that are never set hold zero.
    const from = c.v128s(transform.inputs);
    const to = c.v128s(transform.outputs);
    const apply = transform.prepare(c);
    c.times(used / 4, () => {
      for (let r = first; r < last; r += 1) c.load(x, (r - first) * row * 4).set(from[r] as number);
      apply(from, to);
      to.forEach((local, k) => c.store(strip, k * stripRow * 4, () => void c.get(local)));
      c.advance(x, 16).advance(strip, 16);
    });
  },
});

/** run(strip, v): the transform along the rows; v [points² planes][tile][channels]. */
export const rowsKernel = ({ transform, step, stripRow, channels, tiles, plane }: StripShape): KernelSource => ({
  name: `winogradRows:${transform.name}:${step}:${stripRow}:${channels}:${tiles}:${plane}`,
  parameters: 2,
  build: (c) => {
    const [strip, v] = [0, 1];
    const from = c.v128s(transform.inputs);
    const to = c.v128s(transform.outputs);
    const apply = transform.prepare(c);
    c.times(tiles, () => {
      c.times(channels / 4, () => {
        for (let r = 0; r < transform.outputs; r += 1) {
          from.forEach((local, j) => c.load(strip, (r * stripRow + j * channels) * 4).set(local));
          apply(from, to);
          to.forEach((local, k) => c.store(v, (r * transform.outputs + k) * plane * 4, () => void c.get(local)));
        }
        c.advance(strip, 16).advance(v, 16);
      });
      c.advance(strip, (step - 1) * channels * 4);
    });
  },
});

export interface OutputShape {
  transform: Transform;
  channels: number;
  /** Pixels of an output row. */
  width: number;
  /** Output rows of this strip: a whole tile, or fewer at the image's end. */
  rows: number;
  plane: number;
  bias: boolean;
  activation: Activation;
}

/** run(m, y, bias): products of one row of tiles, m [points² planes][tile][channels], to `rows` rows of y. */
export const outputKernel = (shape: OutputShape): KernelSource => ({
  name: `winogradOutput:${JSON.stringify(shape)}`,
  parameters: 3,
  build: (c) => {
    const { transform, channels, width, rows, plane } = shape;
    const { inputs: points, outputs: side } = transform;
    const [m, y, bias] = [0, 1, 2];
    const biasAt = c.i32();
    const from = c.v128s(points);
    const between = Array.from({ length: points }, () => c.v128s(side));
    const to = c.v128s(side);
    const apply = transform.prepare(c);
    const tile = (columns: number): void => {
      c.copy(bias, biasAt);
      c.times(channels / 4, () => {
        between.forEach((column, k) => {
          from.forEach((local, r) => c.load(m, (r * points + k) * plane * 4).set(local));
          apply(from, column);
        });
        for (let r = 0; r < rows; r += 1) {
          apply(
            between.map((column) => column[r] as number),
            to,
          );
          for (let j = 0; j < columns; j += 1) {
            c.store(y, (r * width + j) * channels * 4, () => {
              c.get(to[j] as number);
              if (shape.bias) c.load(biasAt, 0).simd(SIMD.add);
              activate(c, shape.activation);
            });
          }
        }
        c.advance(m, 16).advance(y, 16);
        if (shape.bias) c.advance(biasAt, 16);
      });
      c.advance(y, (columns - 1) * channels * 4);
    };
    c.times(Math.floor(width / side), () => tile(side));
    if (width % side !== 0) tile(width % side);
  },
});

/**
 * run(w, u): filter taps w [3·3][count] to positions u [points² planes][count]; or with the transpose back, the
 * filter's gradient from sums at the positions. `sourcePlane` and `targetPlane` floats lie between taps or positions.
 */
export const filterKernel = (
  transform: Transform,
  count: number,
  sourcePlane: number,
  targetPlane: number,
): KernelSource => ({
  name: `winogradFilter:${transform.name}:${count}:${sourcePlane}:${targetPlane}`,
  parameters: 2,
  build: (c) => {
    const [source, target] = [0, 1];
    const { inputs, outputs } = transform;
    const from = c.v128s(inputs);
    const between = Array.from({ length: inputs }, () => c.v128s(outputs));
    const to = c.v128s(outputs);
    const apply = transform.prepare(c);
    c.times(count / 4, () => {
      between.forEach((column, k) => {
        from.forEach((local, r) => c.load(source, (r * inputs + k) * sourcePlane * 4).set(local));
        apply(from, column);
      });
      for (let r = 0; r < outputs; r += 1) {
        apply(
          between.map((column) => column[r] as number),
          to,
        );
        to.forEach((local, k) => c.store(target, (r * outputs + k) * targetPlane * 4, () => void c.get(local)));
      }
      c.advance(source, 16).advance(target, 16);
    });
  },
});
