import type { FlatWeights, ModelGraph } from '../models/graph.ts';
import { toAnswering } from '../export/inference.ts';
import { writeAnsweringOnnx } from '../export/onnx.ts';
import type { Answers } from './replica-work.ts';

/** A model in a runtime that only answers. */
export interface AnswerSession {
  /** @param pixels uint8 [n, size, size, channels] */
  answer(pixels: Uint8Array, shape: readonly [number, number, number, number]): Promise<Answers>;
  close(): Promise<void>;
}

/** A runtime that answers faster than the engine trains; handed to the engine by whoever opens it. */
export interface AnswerRuntime {
  name: string;
  /** @param model ONNX: input `pixels` uint8 [n, size, size, channels], outputs `logits` and `embedding` */
  open(model: Uint8Array): Promise<AnswerSession>;
  /** Told, in a sentence, when a model is not taken and the engine answers instead. */
  refused(sentence: string): void;
}

/** Opens a trained model in the runtime. Throws what the runtime throws when it does not take the model. */
export const openInRuntime = (
  runtime: AnswerRuntime,
  graph: ModelGraph,
  weights: FlatWeights,
): Promise<AnswerSession> => runtime.open(writeAnsweringOnnx(toAnswering(graph, weights)));
