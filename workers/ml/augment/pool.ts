/**
 * Augmentation off the training thread: batches are made ahead by worker threads over one shared copy of the pixels.
 */
import type { PixelSet } from '#core/run/learning.ts';
import { startThread, startThreadFrom } from '../thread.ts';
import type { Batch, BatchNoise, BatchPlan, BatchSource } from './batches.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './messages.ts';

export interface PoolOptions {
  /** The thread's file; by default the one beside this module, source or bundle. */
  entry?: URL;
  /** Threads. One keeps up with every CPU engine. */
  threads?: number;
  /** Batches made ahead of the one asked for. */
  ahead?: number;
}

/** Copies pixels into shared memory, once; a set that is shared already is returned as it is. */
export function sharePixels(pixels: PixelSet): PixelSet {
  if (pixels.data.buffer instanceof SharedArrayBuffer) return pixels;
  const data = new Uint8Array(new SharedArrayBuffer(pixels.data.length));
  data.set(pixels.data);
  return { ...pixels, data };
}

interface Waiting {
  resolve: (pixels: Uint8Array) => void;
  reject: (error: Error) => void;
}

/**
 * A source with the results of `createBatchSource`, made by threads. Ask for steps in rising order; `lastStep` (not
 * included) ends the work ahead. A thread that fails rejects every batch still to come.
 */
export function createPooledSource(
  pixels: PixelSet,
  plan: (step: number) => BatchPlan,
  noise: BatchNoise,
  lastStep: number,
  options: PoolOptions = {},
): BatchSource {
  const { entry, threads = 1, ahead = 3 } = options;
  const start: WorkerStart = { pixels: sharePixels(pixels), noise };
  const waiting = new Map<number, Waiting>();
  const ready = new Map<number, Promise<Batch>>();
  let failure: Error | null = null;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const worker =
      entry === undefined ? startThread(import.meta.url, 'augment-worker', start) : startThreadFrom(entry, start);
    worker.on('message', (reply: WorkerReply) => {
      waiting.get(reply.step)?.resolve(reply.pixels);
      waiting.delete(reply.step);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`The augmentation thread ended with code ${code}.`)));
    return worker;
  });

  const request = (step: number): Promise<Batch> => {
    const known = ready.get(step);
    if (known !== undefined) return known;
    const { indices, targets, labeledCount } = plan(step);
    const made = new Promise<Uint8Array>((resolve, reject) => {
      if (failure !== null) {
        reject(failure);
        return;
      }
      waiting.set(step, { resolve, reject });
      const message: WorkerRequest = { step, indices };
      workers[step % threads]?.postMessage(message);
    }).then((augmented): Batch => ({ pixels: augmented, targets, labeledCount }));
    // A batch made ahead may fail before anybody waits for it; whoever asks for it still sees the failure.
    made.catch(() => undefined);
    ready.set(step, made);
    return made;
  };

  return {
    batch: (step) => {
      for (const held of ready.keys()) if (held < step) ready.delete(held);
      for (let next = step; next <= step + ahead && (next === step || next < lastStep); next += 1) void request(next);
      const made = request(step);
      ready.delete(step);
      return made;
    },
    close: async () => {
      for (const worker of workers) worker.removeAllListeners('exit');
      await Promise.all(workers.map((worker) => worker.terminate()));
      fail(new Error('The source of batches is closed.'));
    },
  };
}
