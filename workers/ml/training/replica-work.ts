import type { Answers } from '../engine/answer-runtime.ts';
import * as tf from '@tensorflow/tfjs';
import { joinFloats } from '#core/math/floats.ts';
import { createRandom } from '#core/math/random.ts';
import { drawnMasks, forward } from '../models/forward.ts';
import { sizeOf, type FlatWeights, type ModelGraph } from '../models/graph.ts';
import { disposeGradients, gradientsOf, type Gradients } from './gradients.ts';
import type { RowWeights } from './loss.ts';

/** A graph whose weights a replica reads; training sessions share the buffer that the optimiser writes. */
export interface Session {
  id: number;
  graph: ModelGraph;
  weights: FlatWeights;
  /** Only weights of the head get gradients, and all norms run on stored statistics. */
  headOnly: boolean;
  /** Names of weights of the body that stay as they are: no gradient is computed for them, nor below them. */
  untrained?: readonly string[];
  norm: 'batch' | 'running';
}

export interface Shard {
  /** uint8 0..255, or floats that are preprocessed already (cached features), [n, size, size, channels]. */
  pixels: Uint8Array | Float32Array;
  /** [n, classes] */
  targets: Float32Array;
  rows: RowWeights;
  /** Seed of this step's dropout and stochastic depth. */
  noise: string;
  /** Session of the teacher whose logits on the same view are the soft targets. */
  teacher: { session: number; temperature: number } | null;
}

export interface ShardResult {
  /** [trainable weights]: gradient of the shard's part of the loss. */
  gradient: Float32Array;
  /** Mean and variance of every batch norm in node order; empty on stored statistics. */
  statistics: Float32Array;
  /** [n], nats. */
  crossEntropy: Float32Array;
  /** [n], nats; empty without a teacher. */
  divergence: Float32Array;
}

interface Held extends Session {
  /** Tensors of a session whose weights never change. */
  fixed: Map<string, tf.Tensor> | null;
}

/** Pixels that pass at once where rows are independent: four images of 224 px keep some 200 MB of activations. */
const PART_PIXELS = 4 * 224 * 224;

/** Whether a batch goes through whole; on stored statistics, where rows are independent, large images go in parts. */
export const fitsAtOnce = ({ graph, norm }: Pick<Session, 'graph' | 'norm'>): boolean =>
  norm === 'batch' || graph.input.features !== undefined;

/** The learning that one thread does: gradients of its share of a batch, and predictions. */
export class Replica {
  private readonly sessions = new Map<number, Held>();

  open(session: Session, changes: boolean): void {
    this.sessions.set(session.id, {
      ...session,
      fixed: changes ? null : weightTensors(session.graph, session.weights),
    });
  }

  close(id: number): void {
    const session = this.sessions.get(id);
    if (session?.fixed) tf.dispose([...session.fixed.values()]);
    this.sessions.delete(id);
  }

  private session(id: number): Held {
    const session = this.sessions.get(id);
    if (session === undefined) throw new RangeError(`session ${id} is not open`);
    return session;
  }

  /**
   * On stored statistics rows do not touch each other: large images go through in parts, in bounded memory, with the
   * same sum.
   */
  async gradients(id: number, shard: Shard): Promise<ShardResult> {
    const { size } = this.session(id).graph.input;
    const count = shard.rows.crossEntropy.length;
    const part = fitsAtOnce(this.session(id)) ? count : Math.max(1, Math.floor(PART_PIXELS / size ** 2));
    const results: ShardResult[] = [];
    for (let from = 0; from < count; from += part)
      results.push(await this.partGradients(id, slice(shard, from, Math.min(count, from + part), count)));
    const [first, ...others] = results as [ShardResult, ...ShardResult[]];
    for (const { gradient } of others) {
      for (let i = 0; i < gradient.length; i += 1)
        first.gradient[i] = (first.gradient[i] as number) + (gradient[i] as number);
    }
    return {
      ...first,
      crossEntropy: joinFloats(results.map((r) => r.crossEntropy)),
      divergence: joinFloats(results.map((r) => r.divergence)),
    };
  }

  private async partGradients(id: number, shard: Shard): Promise<ShardResult> {
    const { graph, weights, norm } = this.session(id);
    const tensors = weightTensors(graph, weights);
    const trained = trainedNames(this.session(id));
    let computed: Gradients | null = null;
    let flat: tf.Tensor[] = [];
    try {
      flat = tf.tidy(() => {
        const x = preprocess(graph, shard.pixels);
        const targets = tf.tensor2d(Float32Array.from(shard.targets), [x.shape[0] ?? 0, graph.classes]);
        const { teacher } = shard;
        computed = gradientsOf({
          graph,
          weights: tensors,
          trained,
          x,
          targets,
          rows: {
            crossEntropy: tf.tensor1d(Float32Array.from(shard.rows.crossEntropy)),
            divergence: tf.tensor1d(Float32Array.from(shard.rows.divergence)),
          },
          teacher:
            teacher === null
              ? null
              : { logits: this.teacherLogits(teacher.session, x, shard.pixels), temperature: teacher.temperature },
          noise: drawnMasks(createRandom(shard.noise)),
          norm,
        });
        return [flatten(computed.gradients), flatten(computed.statistics)];
      });
      const [gradients, statisticsTensor] = flat as [tf.Tensor, tf.Tensor];
      const { crossEntropy: ce, divergence: kl } = computed as unknown as Gradients;
      const read = async (tensor: tf.Tensor | null): Promise<Float32Array> =>
        ((await tensor?.data()) ?? new Float32Array(0)) as Float32Array;
      const [values, statistics, crossEntropy, divergence] = await Promise.all([
        read(gradients),
        read(statisticsTensor),
        read(ce),
        read(kl),
      ]);
      return { gradient: placeGradient(graph, trained, values), statistics, crossEntropy, divergence };
    } finally {
      if (computed !== null) disposeGradients(computed);
      tf.dispose(flat);
      tf.dispose([...tensors.values()]);
    }
  }

  /** The teacher sees the student's view without noise; its own preprocessing may differ. */
  private teacherLogits(id: number, x: tf.Tensor, pixels: Uint8Array | Float32Array): tf.Tensor2D {
    const { graph, fixed } = this.session(id);
    const input = pixels instanceof Uint8Array ? preprocess(graph, pixels) : x;
    return forward(graph, fixed ?? new Map(), input, { noise: null, norm: 'running' }).logits;
  }

  async predict(id: number, pixels: Uint8Array | Float32Array): Promise<Answers> {
    const { graph, weights, fixed } = this.session(id);
    const tensors = fixed ?? weightTensors(graph, weights);
    const { logits, embedding } = tf.tidy(() => {
      const result = forward(graph, tensors, preprocess(graph, pixels), { noise: null, norm: 'running' });
      return { logits: result.logits, embedding: result.embedding };
    });
    const [l, e] = await Promise.all([logits.data(), embedding.data()]);
    tf.dispose([logits, embedding]);
    if (fixed === null) tf.dispose([...tensors.values()]);
    return { logits: l as Float32Array, embeddings: e as Float32Array };
  }
}

/** Rows from..to of a shard of `count` rows; each part draws noise of its own. */
function slice(shard: Shard, from: number, to: number, count: number): Shard {
  if (from === 0 && to === count) return shard;
  const cut = <T extends Uint8Array | Float32Array>(values: T): T =>
    values.subarray((values.length / count) * from, (values.length / count) * to) as T;
  const rows = { crossEntropy: cut(shard.rows.crossEntropy), divergence: cut(shard.rows.divergence) };
  return { ...shard, pixels: cut(shard.pixels), targets: cut(shard.targets), rows, noise: `${shard.noise}:${from}` };
}

/**
 * uint8 pixels → (pixel/255 − mean)/std, [n, size, size, channels]; floats are taken as they are, as features [n, d] by
 * a head.
 */
export function preprocess(graph: ModelGraph, pixels: Uint8Array | Float32Array): tf.Tensor {
  const { size, channels, mean, std, features } = graph.input;
  if (features !== undefined) return tf.tensor2d(Float32Array.from(pixels), [pixels.length / features, features]);
  const shape: [number, number, number, number] = [pixels.length / (size * size * channels), size, size, channels];
  if (pixels instanceof Float32Array) return tf.tensor4d(pixels, shape);
  const values = new Float32Array(pixels.length);
  for (let c = 0; c < channels; c += 1) {
    const table = Float32Array.from(
      { length: 256 },
      (_, level) => (level / 255 - (mean[c] as number)) / (std[c] as number),
    );
    for (let i = c; i < values.length; i += channels) values[i] = table[pixels[i] as number] as number;
  }
  return tf.tensor4d(values, shape);
}

/** Names of the weights that get gradients, in the graph's order. */
export function trainedNames({
  graph,
  headOnly,
  untrained,
}: Pick<Session, 'graph' | 'headOnly' | 'untrained'>): string[] {
  const still = new Set(untrained);
  return graph.weights
    .filter(({ trainable, group, name }) => trainable && !still.has(name) && (!headOnly || group === 'head'))
    .map(({ name }) => name);
}

export function weightTensors(graph: ModelGraph, flat: FlatWeights): Map<string, tf.Tensor> {
  const tensors = new Map<string, tf.Tensor>();
  let offset = 0;
  for (const { name, shape } of graph.weights) {
    const size = sizeOf(shape);
    // A copy: a tensor must not change under its reader, and may not lie on shared memory on every backend.
    tensors.set(name, tf.tensor(new Float32Array(flat.subarray(offset, offset + size)), [...shape]));
    offset += size;
  }
  return tensors;
}

const flatten = (tensors: tf.Tensor[]): tf.Tensor =>
  tensors.length === 0 ? tf.zeros([0]) : tf.concat(tensors.map((t) => t.flatten()));

/** Gradients of the trained weights at their places in the vector of all trainable weights, zeros elsewhere. */
function placeGradient(graph: ModelGraph, trained: string[], values: Float32Array): Float32Array {
  const wanted = new Set(trained);
  const trainable = graph.weights.filter((weight) => weight.trainable);
  if (wanted.size === trainable.length) return values;
  const gradient = new Float32Array(trainable.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let [from, to] = [0, 0];
  for (const { name, shape } of trainable) {
    const size = sizeOf(shape);
    if (wanted.has(name)) {
      gradient.set(values.subarray(from, from + size), to);
      from += size;
    }
    to += size;
  }
  return gradient;
}
