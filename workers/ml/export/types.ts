import type { FlatWeights, ModelGraph } from '../models/graph.ts';

export const MODEL_FORMATS = ['tfjs-layers', 'tfjs-graph', 'onnx', 'saved-model', 'page'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

export const QUANTISATIONS = ['none', 'float16', 'uint8'] as const;
export type Quantisation = (typeof QUANTISATIONS)[number];

export interface ExportFile {
  path: string;
  bytes: Uint8Array;
}

/** A share that was measured, with how often and its 95% interval (Wilson). */
export interface Figure {
  name: string;
  value: number;
  count: number;
  interval: [number, number];
}

export interface CardRound {
  index: number;
  role: string;
  model: string;
  labeled: number;
  pseudo: number;
  valAccuracy: number | null;
  valInterval: [number, number] | null;
  verdict: string | null;
}

/** What the model card says; everything a person needs to judge whether to use the model. */
export interface ModelCardData {
  project: string;
  run: string;
  round: number;
  role: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** What the project is for, in its owners' words; may be empty. */
  description: string;
  /** SPDX identifier or own words of the owners; null: not stated, and the card says so. */
  licence: string | null;
  /** Weights from elsewhere that it stands on, whose licences hold on; absent for a net from scratch. */
  backbones?: { name: string; licence: string | null; origin: string | null }[];
  /** Null: not stated. */
  intendedUse: string | null;
  data: { labeled: number; pseudo: number; validation: number; test: number };
  figures: Figure[];
  rounds: CardRound[];
  /** SHA-256 by what it is of: checkpoint, code version, labels snapshot. */
  hashes: Record<string, string>;
}

export interface ExportInput {
  graph: ModelGraph;
  /** All weights of `graph`, as trained. */
  weights: FlatWeights;
  /** In the order of the model's outputs. */
  classNames: readonly string[];
  /** Calibration: the exported probabilities are softmax(logits / temperature). */
  temperature: number;
  format: ModelFormat;
  quantisation: Quantisation;
  card: ModelCardData;
  /**
   * Bytes of @tensorflow/tfjs/dist/tf.es2017.min.js (tf.min.js evaluates strings, which the page forbids); for `page`
   * only.
   */
  tfjs?: Uint8Array;
}
