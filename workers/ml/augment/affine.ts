/** Every geometric change of one image as one matrix, applied once: one interpolation however many operations. */
import type { ImageShape } from './colour.ts';

/**
 * Where an output pixel is read from, about the image centre: x' = a·x + b·y + tx, y' = c·x + d·y + ty, px.
 */
export interface Affine {
  a: number;
  b: number;
  tx: number;
  c: number;
  d: number;
  ty: number;
}

export const IDENTITY: Affine = { a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0 };
export const FLIP_HORIZONTAL: Affine = { a: -1, b: 0, tx: 0, c: 0, d: 1, ty: 0 };
export const FLIP_VERTICAL: Affine = { a: 1, b: 0, tx: 0, c: 0, d: -1, ty: 0 };

/** The map that reads through `first`, then through `second`. */
export function compose(first: Affine, second: Affine): Affine {
  return {
    a: second.a * first.a + second.b * first.c,
    b: second.a * first.b + second.b * first.d,
    tx: second.a * first.tx + second.b * first.ty + second.tx,
    c: second.c * first.a + second.d * first.c,
    d: second.c * first.b + second.d * first.d,
    ty: second.c * first.tx + second.d * first.ty + second.ty,
  };
}

/** Turns the picture by `degrees`, counter-clockwise as people see it. */
export function rotation(degrees: number): Affine {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return { a: cos, b: -sin, tx: 0, c: sin, d: cos, ty: 0 };
}

export const shear = (x: number, y: number): Affine => ({ a: 1, b: x, tx: 0, c: y, d: 1, ty: 0 });
/** Moves the picture right by `x` and down by `y`, px. */
export const translation = (x: number, y: number): Affine => ({ a: 1, b: 0, tx: -x, c: 0, d: 1, ty: -y });

/** Reflects an index into 0..size-1 without repeating the edge (…2 1 | 0 1 2 …). */
export function reflect(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const at = ((index % period) + period) % period;
  return at < size ? at : period - at;
}

/**
 * Writes the transformed image to `target`, outside filled by reflection. Bilinear; whole-pixel moves and flips are
 * exact copies. `source` and `target`: uint8 [height, width, channels], not the same array.
 */
export function transform(source: Uint8Array, target: Uint8Array, shape: ImageShape, map: Affine): void {
  const { height, width, channels } = shape;
  if (
    map.b === 0 &&
    map.c === 0 &&
    Math.abs(map.a) === 1 &&
    Math.abs(map.d) === 1 &&
    Number.isInteger(map.tx) &&
    Number.isInteger(map.ty)
  ) {
    move(source, target, shape, map);
    return;
  }
  const cx = (width - 1) / 2;
  const cy = (height - 1) / 2;
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    let sx = map.a * -cx + map.b * (y - cy) + map.tx + cx;
    let sy = map.c * -cx + map.d * (y - cy) + map.ty + cy;
    for (let x = 0; x < width; x += 1) {
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const fx = sx - x0;
      const fy = sy - y0;
      const inside = x0 >= 0 && y0 >= 0 && x0 < width - 1 && y0 < height - 1;
      const left = (inside ? x0 : reflect(x0, width)) * channels;
      const right = (inside ? x0 + 1 : reflect(x0 + 1, width)) * channels;
      const top = (inside ? y0 : reflect(y0, height)) * width * channels;
      const bottom = (inside ? y0 + 1 : reflect(y0 + 1, height)) * width * channels;
      for (let c = 0; c < channels; c += 1) {
        const tl = source[top + left + c] ?? 0;
        const bl = source[bottom + left + c] ?? 0;
        const upper = tl + ((source[top + right + c] ?? 0) - tl) * fx;
        const lower = bl + ((source[bottom + right + c] ?? 0) - bl) * fx;
        target[at] = upper + (lower - upper) * fy + 0.5;
        at += 1;
      }
      sx += map.a;
      sy += map.c;
    }
  }
}

function move(source: Uint8Array, target: Uint8Array, { height, width, channels }: ImageShape, map: Affine): void {
  const columns = Int32Array.from({ length: width }, (_, x) => {
    const from = (map.a > 0 ? x : width - 1 - x) + map.tx;
    return reflect(from, width) * channels;
  });
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const row = reflect((map.d > 0 ? y : height - 1 - y) + map.ty, height) * width * channels;
    for (let x = 0; x < width; x += 1) {
      const from = row + (columns[x] ?? 0);
      for (let c = 0; c < channels; c += 1) {
        target[at] = source[from + c] ?? 0;
        at += 1;
      }
    }
  }
}
