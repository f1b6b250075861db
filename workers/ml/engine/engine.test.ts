import { afterEach, describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { defaultThreads, openEngine } from './engine.ts';
import { holdMemory } from './testing-memory.ts';

afterEach(async () => {
  await openEngine('wasm', { threads: 1 });
});

describe('ENGINE-2 opening an engine', () => {
  it('takes the fastest that works and says why each faster one is not', async () => {
    const engine = await openEngine('auto');
    expect(engine.name).not.toBe('cpu');
    expect(engine.device).not.toBe('');
    for (const { reason } of engine.skipped) expect(reason).toMatch(/^[^\n]+$/);
    if (engine.name === 'wasm') {
      expect(engine.skipped.map(({ name }) => name)).toEqual(['cuda', 'webgpu', 'native']);
      expect(engine.threads).toBe(defaultThreads());
    }
  });

  it('falls back from an engine that is not there, never to plain JavaScript', async () => {
    const engine = await openEngine('native');
    if (engine.name === 'native') return;
    expect(engine.skipped[0]?.name).toBe('native');
    expect(['cuda', 'webgpu', 'wasm']).toContain(engine.name);
  });

  it('asks the system for Vulkan before WebGPU does, and says what is missing in a line', async () => {
    const engine = await openEngine('webgpu');
    if (process.platform !== 'linux' || engine.name === 'webgpu') return;
    expect(engine.skipped[0]).toMatchObject({
      name: 'webgpu',
      reason: expect.stringMatching(
        /^(libvulkan\.so\.1 is not installed|not installed|no Vulkan.*|the WebGPU backend.*)$/,
      ),
    });
  });

  it('runs plain JavaScript when asked for by name', async () => {
    expect((await openEngine('cpu')).name).toBe('cpu');
  });
});

it('ENGINE-6 memory that runs out is said, not written over', async () => {
  await openEngine('wasm', { threads: 1 });
  const backend = tf.backend() as BackendWasm;
  const heap = (backend as unknown as { wasm: { _malloc(bytes: number): number } }).wasm;
  // Twice: Emscripten replaces its allocator at the first call.
  for (let time = 0; time < 2; time += 1) expect(() => heap._malloc(4_294_900_000)).toThrow(/out of memory/);
  expect(tf.tidy(() => tf.ones([4]).sum().dataSync()[0])).toBe(4);
});

it('ENGINE-1 computes the same where tensors lie above 2 GiB', async () => {
  await openEngine('wasm', { threads: 1 });
  const compute = (): number[] =>
    tf.tidy(() => {
      const x = tf.sin(tf.range(0, 2 * 11 * 11 * 6)).reshape([2, 11, 11, 6]) as tf.Tensor4D;
      const filter = tf.cos(tf.range(0, 3 * 3 * 6 * 8)).reshape([3, 3, 6, 8]) as tf.Tensor4D;
      const taps = tf.cos(tf.range(0, 3 * 3 * 6)).reshape([3, 3, 6, 1]) as tf.Tensor4D;
      const loss = (a: tf.Tensor, f: tf.Tensor, t: tf.Tensor): tf.Scalar =>
        tf
          .maxPool(
            tf.conv2d(tf.depthwiseConv2d(a as tf.Tensor4D, t as tf.Tensor4D, 1, 'same'), f as tf.Tensor4D, 2, 'valid'),
            3,
            1,
            'valid',
          )
          .square()
          .sum()
          .asScalar();
      return tf
        .grads(loss)([x, filter, taps])
        .flatMap((gradient) => [...gradient.dataSync()]);
    });
  const expected = compute();
  const release = holdMemory(2 ** 31);
  try {
    expect(compute()).toEqual(expected);
  } finally {
    release();
  }
});
