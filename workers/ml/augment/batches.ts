/**
 * Which images stand in the batch of a step: a fixed quota of labeled and of pseudo-labeled rows. The batch of step t
 * depends only on the seed and t, so a run killed at any step goes on exactly.
 */
import { createRandom } from '#core/math/random.ts';
import type { AugmentationPolicy, PixelSet } from '#core/run/learning.ts';
import { augmentBatch } from './augment.ts';
import type { Strength } from './augment.ts';

export interface Batch {
  /** uint8 [n, height, width, channels]; the first `labeledCount` rows carry human labels, the rest pseudo-labels. */
  pixels: Uint8Array;
  /** [n, classCount], one-hot for human labels. */
  targets: Float32Array;
  labeledCount: number;
}

/** A batch before its pixels are made. */
export interface BatchPlan {
  indices: Int32Array;
  targets: Float32Array;
  labeledCount: number;
}

export interface BatchInput {
  classCount: number;
  /** Positions in the pixel set, and the class position of each. */
  labeled: { indices: ArrayLike<number>; classes: ArrayLike<number> };
  /** Positions (an image may stand several times) and targets [k, classCount]; null trains on human labels only. */
  pseudo: { indices: ArrayLike<number>; targets: Float32Array } | null;
  batchLabeled: number;
  batchPseudo: number;
  seed: number;
}

/** A sequence that visits every position once an epoch, in a new order each epoch; `at(t)` needs no earlier draw. */
function epochs(size: number, name: string, seed: number): (t: number) => number {
  const random = createRandom(seed);
  const positions = Array.from({ length: size }, (_, i) => i);
  let held = { epoch: -1, order: positions };
  return (t) => {
    const epoch = Math.floor(t / size);
    if (held.epoch !== epoch) held = { epoch, order: random.fork(`${name}:${epoch}`).shuffle(positions) };
    return held.order[t % size] ?? 0;
  };
}

/**
 * Plans batches. Labeled rows are drawn evenly over the classes that have any: each block of classes in random order,
 * within a class every image once before any twice. Pseudo-labeled rows run through shuffled epochs.
 * Throws RangeError when no labeled image is given.
 */
export function createBatchPlanner(input: BatchInput): (step: number) => BatchPlan {
  const { classCount, labeled, pseudo, batchLabeled, seed } = input;
  const byClass = new Map<number, number[]>();
  for (let i = 0; i < labeled.indices.length; i += 1) {
    const classIndex = labeled.classes[i] ?? 0;
    byClass.set(classIndex, [...(byClass.get(classIndex) ?? []), labeled.indices[i] ?? 0]);
  }
  const classes = [...byClass]
    .sort((a, b) => a[0] - b[0])
    .map(([classIndex, items]) => ({ classIndex, items, at: epochs(items.length, `class:${classIndex}`, seed) }));
  if (classes.length === 0) throw new RangeError('A batch needs at least one labeled image.');
  const classAt = epochs(classes.length, 'blocks', seed);
  const pseudoIndices = pseudo?.indices ?? [];
  const pseudoTargets = pseudo?.targets ?? new Float32Array(0);
  const pseudoAt = epochs(Math.max(1, pseudoIndices.length), 'pseudo', seed);
  const batchPseudo = pseudoIndices.length === 0 ? 0 : input.batchPseudo;

  return (step) => {
    const count = batchLabeled + batchPseudo;
    const plan: BatchPlan = {
      indices: new Int32Array(count),
      targets: new Float32Array(count * classCount),
      labeledCount: batchLabeled,
    };
    for (let row = 0; row < batchLabeled; row += 1) {
      const t = step * batchLabeled + row;
      const chosen = classes[classAt(t)];
      if (chosen === undefined) continue;
      plan.indices[row] = chosen.items[chosen.at(Math.floor(t / classes.length))] ?? 0;
      plan.targets[row * classCount + chosen.classIndex] = 1;
    }
    for (let row = 0; row < batchPseudo; row += 1) {
      const entry = pseudoAt(step * batchPseudo + row);
      plan.indices[batchLabeled + row] = pseudoIndices[entry] ?? 0;
      plan.targets.set(
        pseudoTargets.subarray(entry * classCount, (entry + 1) * classCount),
        (batchLabeled + row) * classCount,
      );
    }
    return plan;
  };
}

/** Gives the batch of a step; `close` frees what it holds. */
export interface BatchSource {
  batch(step: number): Promise<Batch>;
  close(): Promise<void>;
}

export interface BatchNoise {
  policy: AugmentationPolicy;
  strength: Strength;
  seed: number;
}

/** A source that augments on the calling thread. */
export function createBatchSource(pixels: PixelSet, plan: (step: number) => BatchPlan, noise: BatchNoise): BatchSource {
  return {
    batch: (step) => {
      const { indices, targets, labeledCount } = plan(step);
      const augmented = augmentBatch({ pixels, indices }, noise.policy, {
        seed: noise.seed,
        step,
        strength: noise.strength,
      });
      return Promise.resolve({ pixels: augmented, targets, labeledCount });
    },
    close: () => Promise.resolve(),
  };
}
