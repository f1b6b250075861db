/** What a model answers of n images. */
export interface Answers {
  /** [n, classes] */
  logits: Float32Array;
  /** [n, d] */
  embeddings: Float32Array;
}

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
