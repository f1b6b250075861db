import type { PixelSet } from '#core/run/learning.ts';
import type { Random } from '#core/math/random.ts';
import { symmetricEigen } from './eigen.ts';
import { sizeOf, weightCount, weightView, type FlatWeights, type ModelGraph, type WeightSpec } from './graph.ts';

/** Patches that whitening measures; 12 numbers each, so that 20,000 are plenty. */
const PATCHES = 20_000;
/** airbench: added to eigenvalues, so that directions of noise are not blown up. */
const WHITENING_EPSILON = 5e-4;

/**
 * Fresh weights of a graph, drawn from `random` in the order of its weights. `images` are what the net will be trained
 * on; they set the frozen whitening kernel. Without them whitening starts from the patch basis itself.
 */
export function initialiseWeights(graph: ModelGraph, random: Random, images: PixelSet | null = null): FlatWeights {
  const flat = new Float32Array(weightCount(graph));
  for (const weight of graph.weights) {
    const view = weightView(graph, flat, weight.name);
    if (weight.start === 'ones') view.fill(1);
    else if (weight.start === 'whiten') view.set(whiteningKernel(weight, graph, images, random.fork('whiten')));
    else if (weight.start !== 'zeros') drawKernel(view, weight, random);
  }
  return flat;
}

/** He normal (He et al. 2015), and for `dirac` the first filters pass their input channel through unchanged. */
function drawKernel(view: Float32Array, { shape, start }: WeightSpec, random: Random): void {
  const to = shape[shape.length - 1] as number;
  const deviation = Math.sqrt(2 / (sizeOf(shape) / to));
  for (let i = 0; i < view.length; i += 1) view[i] = random.normal() * deviation;
  if (start !== 'dirac') return;
  const [height, width, from] = shape as [number, number, number, number];
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  for (let o = 0; o < Math.min(from, to); o += 1) {
    for (let tap = 0; tap < height * width; tap += 1) {
      for (let i = 0; i < from; i += 1) view[(tap * from + i) * to + o] = tap === centre && i === o ? 1 : 0;
    }
  }
}

/** Eigenvectors of the patch covariance over √eigenvalue, then their negatives: [kh, kw, c, 2·kh·kw·c]. */
function whiteningKernel(
  { shape }: WeightSpec,
  graph: ModelGraph,
  images: PixelSet | null,
  random: Random,
): Float32Array {
  const [side, , channels, filters] = shape as [number, number, number, number];
  const size = side * side * channels;
  const covariance =
    images === null || images.count === 0 ? identity(size) : patchCovariance(images, graph, side, random);
  const { values, vectors } = symmetricEigen(covariance, size);
  const kernel = new Float32Array(size * filters);
  for (let f = 0; f < Math.min(filters, 2 * size); f += 1) {
    const v = f % size;
    const scale = (f < size ? 1 : -1) / Math.sqrt((values[v] as number) + WHITENING_EPSILON);
    for (let i = 0; i < size; i += 1) kernel[i * filters + f] = (vectors[v * size + i] as number) * scale;
  }
  return kernel;
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
}

function patchCovariance(images: PixelSet, graph: ModelGraph, side: number, random: Random): Float64Array {
  const { data, count, height, width, channels } = images;
  const { mean, std } = graph.input;
  const size = side * side * channels;
  const patch = new Float64Array(size);
  const total = new Float64Array(size * size);
  for (let n = 0; n < PATCHES; n += 1) {
    const origin =
      (random.below(count) * height + random.below(height - side + 1)) * width + random.below(width - side + 1);
    for (let i = 0; i < size; i += 1) {
      const c = i % channels;
      const tap = (i - c) / channels;
      const at = (origin + Math.floor(tap / side) * width + (tap % side)) * channels + c;
      patch[i] = ((data[at] as number) / 255 - (mean[c] as number)) / (std[c] as number);
    }
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1)
        total[i * size + j] = (total[i * size + j] as number) + ((patch[i] as number) * (patch[j] as number)) / PATCHES;
    }
  }
  return total;
}
