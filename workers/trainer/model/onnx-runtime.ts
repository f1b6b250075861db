import { createRequire } from 'node:module';
import type { AnswerRuntime } from '#ml/index.ts';

interface Ort {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  Tensor: new (type: 'uint8', data: Uint8Array, shape: readonly number[]) => object;
}

interface Session {
  run(feeds: { pixels: object }): Promise<Record<'logits' | 'embedding', { data: Float32Array }>>;
  release(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** An optional package: no type of it is needed to build, and its absence is a reason, not a fault. */
const load = (name: string): Ort => require(name) as Ort;

/**
 * onnxruntime on this machine's cores, if its package is installed. Its threads sleep between calls (no spinning):
 * training threads need the cores.
 * @param refused is told, in a sentence, of a model that it does not take
 * @throws Error when the package is absent or its library does not load here
 */
export function openOnnxRuntime(threads: number, refused: (sentence: string) => void): AnswerRuntime {
  const ort = load('onnxruntime-node');
  return {
    name: 'onnxruntime',
    refused,
    open: async (model) => {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
      });
      return {
        answer: async (pixels, shape) => {
          const { logits, embedding } = await session.run({ pixels: new ort.Tensor('uint8', pixels, shape) });
          return { logits: logits.data, embeddings: embedding.data };
        },
        close: () => session.release(),
      };
    },
  };
}
