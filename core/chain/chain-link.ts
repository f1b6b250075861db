import type { ModelName } from './models.ts';

export const ROUND_KINDS = ['live', 'frozen', 'fine-tuned', 'scratch', 'noisy-head'] as const;
/**
 * How the weights of a round come to be. `frozen`: a head on the features of an imported body, taught what the live
 * teacher answers. `live`: the same head, but on the pool the live teacher itself answers, and so teaches.
 * `fine-tuned`: the body learns as well, or its last part. `scratch`: a net of our own from fresh weights.
 * `noisy-head`: a head with a hidden layer on features of several augmented views of each image.
 */
export type RoundKind = (typeof ROUND_KINDS)[number];

/** One choice of a run: which model, where its weights come from, at which size it looks at images. */
export interface ChainLink {
  role: 'teacher' | 'student' | 'distilled';
  kind: RoundKind;
  /** Of a net from scratch; null for all that stand on a backbone. */
  model: ModelName | null;
  /** Of all but nets from scratch. */
  backboneId: string | null;
  /** Side of the square that images are scaled to for this round, px. */
  side: number;
  /** Trainings from different seeds whose answers are averaged; more than one only for teachers. */
  members: number;
  /** Share of a fine-tuned body that learns, counted from its end. */
  tunedShare: number;
}

/** Does this round stand on imported weights? */
export const standsOnBackbone = ({ kind }: Pick<ChainLink, 'kind'>): boolean => kind !== 'scratch';
