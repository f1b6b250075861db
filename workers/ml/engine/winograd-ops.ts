import type { backend_util, TensorInfo } from '@tensorflow/tfjs';
import type { Kernel } from './assembler.ts';
import { transposeKernel, type Activation } from './wasm-rows.ts';
import type { WasmMemory } from './wasm-memory.ts';
import { productKernel, productSumsKernel, type ProductShape } from './winograd-products.ts';
import { STRIDE_1, STRIDE_2, STRIDE_2_INPUT_GRADIENT, type Algorithm, type Transform } from './winograd-transforms.ts';
import { columnsKernel, filterKernel, outputKernel, rowsKernel, type StripShape } from './winograd.ts';

type Conv2DInfo = backend_util.Conv2DInfo;

/**
 * Bytes that the transformed tiles of one block may take: they stay in a second-level cache of 1 MiB. Beside a filter
 * that is larger still, as many bytes as it has: each block reads all of it.
 */
const BLOCK_BYTES = 600 * 1024;
/**
 * Floats between planes beyond their content: planes a power of two apart would share a few sets of the first-level
 * cache.
 */
const SKEW = 16;

/**
 * Share of the direct multiplications above which tiles of stride 2 win nothing: transforms and half-filled tiles cost
 * too.
 */
const WORTHWHILE = 0.75;

/** Whether these kernels cover a convolution: 3×3, stride 1 or 2, channels in whole vectors. */
export function suitsWinograd(info: Conv2DInfo): boolean {
  const { padInfo: pad, outHeight, outWidth, strideHeight: stride } = info;
  if (
    info.filterHeight !== 3 ||
    info.filterWidth !== 3 ||
    info.strideWidth !== stride ||
    info.inChannels % 4 !== 0 ||
    info.outChannels % 4 !== 0
  )
    return false;
  if (![pad.top, pad.left, pad.bottom, pad.right].every((size) => size >= 0 && size <= 2)) return false;
  if (stride === 1) return true;
  const { points, tile } = STRIDE_2;
  const share = (length: number): number => (Math.ceil(length / tile) * points) / (length * 3);
  return stride === 2 && pad.top === 0 && pad.left === 0 && share(outHeight) * share(outWidth) <= WORTHWHILE;
}

const algorithmOf = (info: Conv2DInfo) => (info.strideHeight === 1 ? STRIDE_1 : STRIDE_2);

/** Images [n, height, width, channels]; the first tile starts `top` rows above and `left` columns before them. */
interface Images {
  address: number;
  height: number;
  width: number;
  channels: number;
  top: number;
  left: number;
}

/** Tiles over the output; a strip is one row of tiles of one image. */
interface Grid {
  /** At which the values of a tile are multiplied. */
  positions: number;
  tilesX: number;
  tilesY: number;
  strips: number;
  /** Strips transformed and multiplied at a time. */
  block: number;
}

function gridOf(
  { points, tile }: Algorithm,
  images: number,
  outHeight: number,
  outWidth: number,
  inChannels: number,
  outChannels: number,
): Grid {
  const [tilesX, tilesY, positions] = [Math.ceil(outWidth / tile), Math.ceil(outHeight / tile), points ** 2];
  const strips = images * tilesY;
  const stripBytes = tilesX * (inChannels + outChannels) * positions * 4;
  const blockBytes = Math.max(BLOCK_BYTES, inChannels * outChannels * positions * 4);
  const blocks = Math.ceil(strips / Math.max(1, Math.floor(blockBytes / stripBytes)));
  return { positions, tilesX, tilesY, strips, block: Math.ceil(strips / blocks) };
}

const planeOf = (grid: Grid, channels: number): number => grid.block * grid.tilesX * channels + SKEW;
const filterPlaneOf = (inChannels: number, outChannels: number): number => inChannels * outChannels + SKEW;

/** Transforms strips of images into [positions][tile][channels] at `address`. */
class TileSource {
  readonly address: number;
  private readonly images: Images;
  private readonly grid: Grid;
  private readonly strip: number;
  private readonly columns: { run: Kernel; firstRow: number }[];
  private readonly rows: Kernel;

  constructor(memory: WasmMemory, name: string, images: Images, grid: Grid, transform: Transform, step: number) {
    this.images = images;
    this.grid = grid;
    const { channels, height, width, top, left } = images;
    const columns = (grid.tilesX - 1) * step + transform.inputs;
    const stripRow = columns * channels;
    const plane = planeOf(grid, channels);
    this.address = memory.scratch(name, grid.positions * plane);
    this.strip = memory.scratch(`${name}Strip`, transform.outputs * stripRow);
    memory.zero(this.strip, transform.outputs * stripRow);
    const used = Math.min(width, columns - left) * channels;
    const shape: StripShape = {
      transform,
      step,
      row: width * channels,
      used,
      stripRow,
      channels,
      tiles: grid.tilesX,
      plane,
    };
    this.columns = Array.from({ length: grid.tilesY }, (_, tile) => {
      const from = tile * step - top;
      const first = Math.max(0, -from);
      return {
        run: memory.kernel(columnsKernel(shape, first, Math.min(transform.inputs, height - from))),
        firstRow: from + first,
      };
    });
    this.rows = memory.kernel(rowsKernel(shape));
  }

  /** Fills place `at` of the block from strip `strip` of the batch. */
  load(strip: number, at: number): void {
    const { address, height, width, channels, left } = this.images;
    const { tilesX, tilesY } = this.grid;
    const image = Math.floor(strip / tilesY);
    const { run, firstRow } = this.columns[strip - image * tilesY] as { run: Kernel; firstRow: number };
    run(address + (image * height + firstRow) * width * channels * 4, this.strip + left * channels * 4);
    this.rows(this.strip, this.address + at * tilesX * channels * 4);
  }
}

/** Calls `work` for each block of strips with the kernel for its size. */
function forEachBlock(
  memory: WasmMemory,
  grid: Grid,
  inChannels: number,
  outChannels: number,
  kernel: typeof productKernel,
  work: (from: number, to: number, run: Kernel) => void,
): void {
  for (let from = 0; from < grid.strips; from += grid.block) {
    const to = Math.min(grid.strips, from + grid.block);
    const shape: ProductShape = {
      positions: grid.positions,
      tiles: (to - from) * grid.tilesX,
      inChannels,
      outChannels,
      inPlane: planeOf(grid, inChannels),
      outPlane: planeOf(grid, outChannels),
      filterPlane: filterPlaneOf(inChannels, outChannels),
    };
    work(from, to, memory.kernel(kernel(shape)));
  }
}

interface Output {
  address: number;
  height: number;
  width: number;
  channels: number;
  /** Address, or null. */
  bias: number | null;
  activation: Activation;
}

/** output = conv(images, filter) for `count` images; `taps` is the address of [3·3][in][out]. */
function convolve(
  memory: WasmMemory,
  algorithm: Algorithm,
  count: number,
  images: Images,
  taps: number,
  output: Output,
): void {
  const { channels: inChannels } = images;
  const { height, width, channels, bias, activation } = output;
  const { tile: side } = algorithm;
  const grid = gridOf(algorithm, count, height, width, inChannels, channels);
  const [size, filterPlane] = [inChannels * channels, filterPlaneOf(inChannels, channels)];
  const filter = memory.scratch('winogradFilter', grid.positions * filterPlane);
  memory.kernel(filterKernel(algorithm.filter, size, size, filterPlane))(taps, filter);
  const source = new TileSource(memory, 'winogradInput', images, grid, algorithm.input, algorithm.step);
  const plane = planeOf(grid, channels);
  const products = memory.scratch('winogradOutput', grid.positions * plane);
  const writers = Array.from({ length: grid.tilesY }, (_, tile) =>
    memory.kernel(
      outputKernel({
        transform: algorithm.output,
        channels,
        width,
        rows: Math.min(side, height - tile * side),
        plane,
        bias: bias !== null,
        activation,
      }),
    ),
  );
  forEachBlock(memory, grid, inChannels, channels, productKernel, (from, to, multiply) => {
    for (let strip = from; strip < to; strip += 1) source.load(strip, strip - from);
    multiply(source.address, filter, products);
    for (let strip = from; strip < to; strip += 1) {
      const image = Math.floor(strip / grid.tilesY);
      const tile = strip - image * grid.tilesY;
      const target = output.address + (image * height + tile * side) * width * channels * 4;
      (writers[tile] as Kernel)(products + (strip - from) * grid.tilesX * channels * 4, target, bias ?? 0);
    }
  });
}

const inputOf = (memory: WasmMemory, x: TensorInfo, info: Conv2DInfo): Images => ({
  address: memory.address(x),
  height: info.inHeight,
  width: info.inWidth,
  channels: info.inChannels,
  top: info.padInfo.top,
  left: info.padInfo.left,
});

/** y [n,h',w',o] = conv(x [n,h,w,i], filter [3,3,i,o]) (+ bias, activation). */
export function winogradConv2d(
  memory: WasmMemory,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias: TensorInfo | null,
  activation: Activation,
): TensorInfo {
  const y = memory.output(info.outShape);
  convolve(memory, algorithmOf(info), info.batchSize, inputOf(memory, x, info), memory.address(filter), {
    address: memory.address(y),
    height: info.outHeight,
    width: info.outWidth,
    channels: info.outChannels,
    bias: bias === null ? null : memory.address(bias),
    activation,
  });
  return y;
}

/**
 * dx [n,h,w,i] from dy [n,h',w',o] and filter [3,3,i,o]: a convolution with the filter turned by 180°, channels
 * exchanged.
 */
export function winogradInputGradient(
  memory: WasmMemory,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const { inChannels, outChannels, strideHeight: stride } = info;
  const dx = memory.output(info.inShape);
  const count = 9 * inChannels * outChannels;
  const turned = memory.scratch('turnedFilter', count);
  const transpose = memory.kernel(transposeKernel(inChannels, outChannels));
  for (let tap = 0; tap < 9; tap += 1)
    transpose(
      memory.address(filter) + tap * inChannels * outChannels * 4,
      turned + (8 - tap) * inChannels * outChannels * 4,
    );
  const images: Images = {
    address: memory.address(dy),
    height: info.outHeight,
    width: info.outWidth,
    channels: outChannels,
    top: stride === 1 ? 2 - info.padInfo.top : 1,
    left: stride === 1 ? 2 - info.padInfo.left : 1,
  };
  const output: Output = {
    address: memory.address(dx),
    height: info.inHeight,
    width: info.inWidth,
    channels: inChannels,
    bias: null,
    activation: 'linear',
  };
  convolve(memory, stride === 1 ? STRIDE_1 : STRIDE_2_INPUT_GRADIENT, info.batchSize, images, turned, output);
  return dx;
}

/** dfilter [3,3,i,o] from x [n,h,w,i] and dy [n,h',w',o]. */
export function winogradFilterGradient(
  memory: WasmMemory,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const { inChannels, outChannels, outHeight, outWidth } = info;
  const dw = memory.output(info.filterShape);
  const algorithm = algorithmOf(info);
  const grid = gridOf(algorithm, info.batchSize, outHeight, outWidth, inChannels, outChannels);
  const gradients: Images = {
    address: memory.address(dy),
    height: outHeight,
    width: outWidth,
    channels: outChannels,
    top: 0,
    left: 0,
  };
  const inputTiles = new TileSource(
    memory,
    'winogradInput',
    inputOf(memory, x, info),
    grid,
    algorithm.input,
    algorithm.step,
  );
  const gradientTiles = new TileSource(memory, 'winogradOutput', gradients, grid, algorithm.gradient, algorithm.tile);
  const [size, filterPlane] = [inChannels * outChannels, filterPlaneOf(inChannels, outChannels)];
  const sums = memory.scratch('winogradFilter', grid.positions * filterPlane);
  memory.zero(sums, grid.positions * filterPlane);
  forEachBlock(memory, grid, inChannels, outChannels, productSumsKernel, (from, to, addProducts) => {
    for (let strip = from; strip < to; strip += 1) {
      inputTiles.load(strip, strip - from);
      gradientTiles.load(strip, strip - from);
    }
    addProducts(inputTiles.address, gradientTiles.address, sums);
  });
  memory.kernel(filterKernel(algorithm.collect, size, filterPlane, size))(sums, memory.address(dw));
  return dw;
}
