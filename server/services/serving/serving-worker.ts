import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Order, Reply } from './predictor.ts';

/** What is used of the package, which is optional: no type of it is needed to build. */
interface Session {
  inputMetadata: { shape: (number | string)[] }[];
  outputNames: string[];
  run(feeds: { pixels: object }, outputs: string[]): Promise<Record<string, { data: Float32Array }>>;
  release(): Promise<void>;
}
interface Ort {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
}

const { threads } = workerData as { threads: number };
const ort = createRequire(import.meta.url)('onnxruntime-node') as Ort;
const sessions = new Map<string, Session>();

async function carryOut(order: Order): Promise<Reply['result']> {
  if (order.kind === 'close') {
    await sessions.get(order.key)?.release();
    sessions.delete(order.key);
    return null;
  }
  if (order.kind === 'open') {
    const session = await ort.InferenceSession.create(order.model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Between requests the cores belong to pages and trainer.
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
    sessions.set(order.key, session);
    const [, side, , channels] = session.inputMetadata[0]?.shape ?? [];
    return {
      side: Number(side),
      channels: Number(channels) === 1 ? 1 : 3,
      embeds: session.outputNames.includes('embedding'),
    };
  }
  const { key, pixels, shape, embedding } = order;
  const session = sessions.get(key);
  if (!session) throw new Error(`the model ${key} is not open`);
  const answer = await session.run(
    { pixels: new ort.Tensor('float32', new Float32Array(pixels), shape) },
    embedding ? ['probabilities', 'embedding'] : ['probabilities'],
  );
  return { probabilities: answer.probabilities?.data ?? new Float32Array(), embedding: answer.embedding?.data ?? null };
}

parentPort?.on('message', (order: Order) => {
  carryOut(order).then(
    (result) => parentPort?.postMessage({ id: order.id, result, error: null } satisfies Reply),
    (error: unknown) =>
      parentPort?.postMessage({
        id: order.id,
        result: null,
        error: error instanceof Error ? error.message : String(error),
      } satisfies Reply),
  );
});
