/** The augmentation thread: answers each request with the augmented pixels of that step. */
import { parentPort, workerData } from 'node:worker_threads';
import { augmentBatch } from './augment.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './messages.ts';

const { pixels, noise } = workerData as WorkerStart;

parentPort?.on('message', ({ step, indices }: WorkerRequest) => {
  const augmented = augmentBatch({ pixels, indices }, noise.policy, {
    seed: noise.seed,
    step,
    strength: noise.strength,
  });
  const reply: WorkerReply = { step, pixels: augmented as Uint8Array<ArrayBuffer> };
  parentPort?.postMessage(reply, [reply.pixels.buffer]);
});
