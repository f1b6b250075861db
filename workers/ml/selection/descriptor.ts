import type { PixelSet } from '#core/run/learning.ts';
import type { Points } from './k-means.ts';

const CELLS = 4;
const DIRECTIONS = 8;
const WORKING_SIDE = 32;

/**
 * An embedding without any model, for the very first seed: histograms of oriented gradients over 4×4 cells (Dalal &
 * Triggs 2005) with the mean colour of each cell, every row scaled to length 1. [n, 4·4·(8 + channels)].
 */
export function describePixels(pixels: PixelSet): Points {
  const width = CELLS * CELLS * (DIRECTIONS + pixels.channels);
  const values = new Float32Array(pixels.count * width);
  for (let i = 0; i < pixels.count; i += 1) describeOne(pixels, i, values.subarray(i * width, (i + 1) * width));
  return { values, count: pixels.count, width };
}

function describeOne(pixels: PixelSet, index: number, out: Float32Array): void {
  const { channels } = pixels;
  const side = WORKING_SIDE;
  const gray = new Float32Array(side * side);
  const perCell = DIRECTIONS + channels;
  const cellOf = (x: number, y: number): number =>
    (Math.floor((y * CELLS) / side) * CELLS + Math.floor((x * CELLS) / side)) * perCell;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const row = Math.floor((y * pixels.height) / side);
      const column = Math.floor((x * pixels.width) / side);
      const at = ((index * pixels.height + row) * pixels.width + column) * channels;
      const cell = cellOf(x, y);
      let sum = 0;
      for (let c = 0; c < channels; c += 1) {
        const value = (pixels.data[at + c] ?? 0) / 255;
        sum += value;
        out[cell + DIRECTIONS + c] = (out[cell + DIRECTIONS + c] ?? 0) + (value * 4) / side;
      }
      gray[y * side + x] = sum / channels;
    }
  }
  for (let y = 1; y < side - 1; y += 1) {
    for (let x = 1; x < side - 1; x += 1) {
      const dx = (gray[y * side + x + 1] ?? 0) - (gray[y * side + x - 1] ?? 0);
      const dy = (gray[(y + 1) * side + x] ?? 0) - (gray[(y - 1) * side + x] ?? 0);
      const angle = (Math.atan2(dy, dx) + Math.PI) / Math.PI;
      const direction = Math.floor((angle % 1) * DIRECTIONS) % DIRECTIONS;
      const at = cellOf(x, y) + direction;
      out[at] = (out[at] ?? 0) + Math.hypot(dx, dy);
    }
  }
  let squares = 0;
  for (let i = 0; i < out.length; i += 1) {
    const value = Math.sqrt(Math.abs(out[i] ?? 0));
    out[i] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares) || 1;
  for (let i = 0; i < out.length; i += 1) out[i] = (out[i] ?? 0) / length;
}
