import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_AUGMENTATION } from '#core/run/learning.ts';
import type { PixelSet } from '#core/run/learning.ts';
import { createBatchPlanner, createBatchSource } from './batches.ts';
import type { BatchInput } from './batches.ts';
import { createPooledSource, sharePixels } from './pool.ts';

const input: BatchInput = {
  classCount: 3,
  labeled: { indices: [10, 11, 12, 13, 14, 15], classes: [0, 0, 0, 0, 1, 1] },
  pseudo: {
    indices: [20, 21, 21, 22, 23],
    targets: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0.2, 0.3, 0.5]),
  },
  batchLabeled: 4,
  batchPseudo: 5,
  seed: 1,
};

describe('createBatchPlanner', () => {
  it('keeps the quotas: labeled rows first, then pseudo-labeled', () => {
    const plan = createBatchPlanner(input)(0);
    expect(plan.labeledCount).toBe(4);
    expect(plan.indices).toHaveLength(9);
    expect(plan.indices.slice(0, 4).every((i) => i >= 10 && i < 20)).toBe(true);
    expect(Array.from(plan.indices.slice(4)).sort()).toEqual([20, 21, 21, 22, 23]);
  });
  it('draws labeled rows evenly over the classes that have any, each image before any twice', () => {
    const planner = createBatchPlanner(input);
    const rows = Array.from({ length: 4 }, (_, step) => Array.from(planner(step).indices.slice(0, 4))).flat();
    expect(rows.filter((i) => i < 14)).toHaveLength(8);
    const first = rows.filter((i) => i < 14).slice(0, 4);
    expect([...first].sort()).toEqual([10, 11, 12, 13]);
  });
  it('shuffles every epoch anew', () => {
    const planner = createBatchPlanner({
      ...input,
      pseudo: { indices: Array.from({ length: 40 }, (_, i) => i + 20), targets: new Float32Array(120) },
      batchPseudo: 40,
    });
    const epoch = (step: number) => Array.from(planner(step).indices.slice(4));
    expect(epoch(1)).not.toEqual(epoch(0));
    expect(epoch(1).sort()).toEqual(epoch(0).sort());
  });
  it('gives each row its own target', () => {
    const plan = createBatchPlanner(input)(7);
    plan.indices.forEach((index, row) => {
      const target = Array.from(plan.targets.slice(row * 3, row * 3 + 3));
      const expected =
        { 20: [1, 0, 0], 21: [0, 1, 0], 22: [0, 0, 1] }[index] ??
        (index === 23 ? null : index < 14 ? [1, 0, 0] : [0, 1, 0]);
      if (expected === null) expect(target[2]).toBeCloseTo(0.5);
      else expect(target).toEqual(expected);
    });
  });
  it('depends on the seed and the step only, however it was reached', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.array(fc.nat(300), { maxLength: 5 }), (step, before) => {
        const wandered = createBatchPlanner(input);
        for (const other of before) wandered(other);
        expect(wandered(step)).toEqual(createBatchPlanner(input)(step));
      }),
    );
    expect(createBatchPlanner({ ...input, seed: 2 })(3).indices).not.toEqual(createBatchPlanner(input)(3).indices);
  });
  it('trains on human labels alone without pseudo-labels, and refuses no labels', () => {
    expect(createBatchPlanner({ ...input, pseudo: null })(0).indices).toHaveLength(4);
    expect(
      createBatchPlanner({ ...input, pseudo: { indices: [], targets: new Float32Array(0) } })(0).indices,
    ).toHaveLength(4);
    expect(() => createBatchPlanner({ ...input, labeled: { indices: [], classes: [] } })).toThrow(RangeError);
  });
});

describe('createPooledSource', () => {
  const pixels: PixelSet = {
    data: Uint8Array.from({ length: 30 * 8 * 8 * 3 }, (_, i) => (i * 37) % 256),
    count: 30,
    height: 8,
    width: 8,
    channels: 3,
  };
  const noise = { policy: DEFAULT_AUGMENTATION, strength: 'strong' as const, seed: 5 };

  it('gives what the calling thread would, from two threads, with steps skipped on resume', async () => {
    const here = createBatchSource(pixels, createBatchPlanner(input), noise);
    const pooled = createPooledSource(pixels, createBatchPlanner(input), noise, 12, { threads: 2 });
    for (const step of [4, 5, 6, 9, 10, 11]) expect(await pooled.batch(step)).toEqual(await here.batch(step));
    await pooled.close();
  });
  it('refuses after it is closed, and rejects rather than waits when a thread cannot start', async () => {
    const pooled = createPooledSource(pixels, createBatchPlanner(input), noise, 12);
    await pooled.close();
    await expect(pooled.batch(0)).rejects.toThrow('closed');
    const broken = createPooledSource(pixels, createBatchPlanner(input), noise, 12, {
      entry: new URL('./absent.js', import.meta.url),
    });
    await expect(broken.batch(0)).rejects.toThrow('absent.js');
    await broken.close();
  });
  it('shares the pixels once', () => {
    const shared = sharePixels(pixels);
    expect(shared.data).toEqual(pixels.data);
    expect(sharePixels(shared)).toBe(shared);
  });
});
