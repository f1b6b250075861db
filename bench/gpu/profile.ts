import * as tf from '@tensorflow/tfjs';
import type { ModelName } from '#core/chain/models.ts';
import { createRandom } from '#core/math/random.ts';
import { buildModel, initialiseWeights } from '#ml/index.ts';
import { drawnMasks } from '#ml/models/forward.ts';
import { disposeGradients, gradientsOf, type Gradients } from '#ml/training/gradients.ts';
import { trainedNames, weightTensors } from '#ml/training/replica-work.ts';

export interface KernelTime {
  kernel: string;
  /** On the device, by its own clock; 0 where it has none. */
  ms: number;
  count: number;
}

/** Kernels of one pass forward and back at 32 px, dearest first. */
export async function profilePass(net: ModelName, batch: number): Promise<KernelTime[]> {
  const graph = buildModel({ name: net, inputSize: 32, channels: 3, classes: 10 });
  const random = createRandom(1);
  const pixels = {
    data: new Uint8Array(64 * 32 * 32 * 3).map(() => random.below(256)),
    count: 64,
    height: 32,
    width: 32,
  };
  const weights = weightTensors(graph, initialiseWeights(graph, random, { ...pixels, channels: 3 }));
  const targets = tf.tensor2d(
    Float32Array.from({ length: batch * 10 }, (_, i) => Number(Math.floor(i / 10) % 10 === i % 10)),
    [batch, 10],
  );
  const pass = (): void => {
    let made: Gradients | null = null;
    tf.tidy(() => {
      made = gradientsOf({
        graph,
        weights,
        trained: trainedNames({ graph, headOnly: false }),
        x: tf.randomUniform([batch, 32, 32, 3]),
        targets,
        rows: { crossEntropy: tf.ones([batch]).div(batch), divergence: tf.zeros([batch]) },
        teacher: null,
        noise: drawnMasks(createRandom(1)),
        norm: 'batch',
      });
    });
    if (made !== null) disposeGradients(made);
  };
  pass();
  const { kernels } = await tf.profile(pass);
  const times = new Map<string, KernelTime>();
  for (const kernel of kernels) {
    const row = times.get(kernel.name) ?? { kernel: kernel.name, ms: 0, count: 0 };
    const ms = await kernel.kernelTimeMs;
    row.ms += typeof ms === 'number' ? ms : 0;
    row.count += 1;
    times.set(kernel.name, row);
  }
  tf.dispose([...weights.values(), targets]);
  return [...times.values()].toSorted((a, b) => b.ms - a.ms);
}
