/** What a self-training run is made of: the words shared by run settings, trainer, database and pages. */
import type { ChainLink } from '../chain/chain-link.ts';
import type { ModelName } from '../chain/models.ts';

export const METHODS = ['noisy-student', 'frozen', 'fine-tune', 'distill'] as const;
/**
 * How a run learns. `frozen`: head on cached backbone features. `fine-tune`: low rate on convolutions, high on the
 * head.
 */
export type Method = (typeof METHODS)[number];

export const ENGINE_NAMES = ['cuda', 'webgpu', 'native', 'wasm', 'cpu'] as const;
/** Where tensors run, fastest first. */
export type EngineName = (typeof ENGINE_NAMES)[number];
export type EngineChoice = EngineName | 'auto';

export const ROUND_ROLES = ['teacher', 'student', 'control', 'distilled'] as const;
export type RoundRole = (typeof ROUND_ROLES)[number];
/** What becomes of a student, by the judge or by a lead. */
export type Verdict = 'accept' | 'hold' | 'roll-back';
export type ReviewGate = 'continue' | 'answers' | 'person';

/** What the project allows augmentation to do; a digit must not be flipped, a grayscale image has no colour. */
export interface AugmentationPolicy {
  flipHorizontal: boolean;
  flipVertical: boolean;
  colour: boolean;
  /** Largest rotation in degrees at magnitude 10; 0 switches rotation off. */
  rotation: number;
  /** RandAugment N: operations an image. */
  operations: number;
  /** RandAugment M: largest magnitude, 0-10; each operation draws uniformly from 1..M. */
  magnitude: number;
  /** Probability that a drawn operation is applied. */
  probability: number;
  /** Side of the square that cutout blanks, px at the training size; 0 switches it off. */
  cutout: number;
}

/** One frozen object that says everything a run needs; stored with the run. */
export interface RunConfig {
  /**
   * The rounds, in order: teachers, students, at most one export model. Null in runs from before there were chains and
   * where a program speaks of a method: `chainOf` says it from method, teacher, students, exportModel, backboneId.
   */
  chain: ChainLink[] | null;
  method: Method;
  engine: EngineChoice;
  seed: number;
  /** Side of the square that images are resized to, px. */
  inputSize: number;
  teacher: ModelName;
  /**
   * Teachers trained from different seeds whose answers are averaged for the first student (Lakshminarayanan et al.
   * 2017).
   */
  teachers: number;
  /** One model a student round, each of equal or larger size. */
  students: ModelName[];
  /** Model for `distill`, and for the optional last distillation. */
  exportModel: ModelName | null;
  backboneId: string | null;
  pseudoLabels: 'soft' | 'hard';
  /** Train the same student on human labels only, to report the gain honestly. */
  control: boolean;
  /** Share of each class's predictions to keep, by round. */
  keepShare: number[];
  /** Calibrated confidence below which a pseudo-label is never accepted. */
  floor: number;
  /** Per-class floors set by a lead in the threshold simulator; class id → confidence. */
  classFloors: Record<string, number>;
  /** How often one image may stand in a round for a short class. */
  duplicatesMax: number;
  /** Scale predictions to the class prior before selection. */
  alignDistribution: boolean;
  batchLabeled: number;
  batchPseudo: number;
  /** Weight of the pseudo-label loss against the labeled loss. */
  pseudoWeight: number;
  augmentation: AugmentationPolicy;
  dropout: number;
  stochasticDepth: number;
  /** Peak learning rate of the triangular schedule, at batch 128. */
  learningRate: number;
  /** Peak learning rate of the head in `frozen` and `fine-tune`. */
  headLearningRate: number;
  momentum: number;
  weightDecay: number;
  /** Share of all steps spent warming up. */
  warmup: number;
  emaDecay: number;
  /** Training steps of one student; the teacher takes `teacherSteps`. */
  steps: number;
  teacherSteps: number;
  /** Distillation temperature T. */
  temperature: number;
  /** Distillation weight of T²·KL against cross-entropy. */
  alpha: number;
  reviewGate: ReviewGate;
  /** Answers the gate `answers` waits for. */
  reviewAnswers: number;
  /** Review items sent to people a round. */
  reviewPerRound: number;
  /** Rounds in a row not accepted after which the run ends. */
  stopAfterRejected: number;
}

/** What an audit weighs in the review queue, where the least certain images weigh one and more. */
export const AUDIT_WEIGHT = 0.5;

/** With fewer labels a class than this on average, a head out of fold knows less than the person who answered. */
export const SUSPECT_LABELS_A_CLASS = 10;

/**
 * The net that learns from a student's pseudo-labels alone, to doubt labels: the smallest, and briefly: it need not be
 * good, only independent.
 */
export const WITNESS = { model: 'xs', steps: 300 } as const;

/** Images held as one block: `data` is [count, height, width, channels], uint8. */
export interface PixelSet {
  data: Uint8Array;
  count: number;
  height: number;
  width: number;
  channels: 1 | 3;
}

/** What one round is measured by; accuracies and shares are 0..1. */
export interface RoundMetrics {
  labeled: number;
  pseudo: number;
  /** Accepted pseudo-labels by class id. */
  pseudoByClass: Record<string, number>;
  valAccuracy: number;
  /** Wilson 95% interval of `valAccuracy`. */
  valInterval: [number, number];
  valCount: number;
  valLoss: number;
  eceBefore: number;
  eceAfter: number;
  temperature: number;
  /** Confusion counts on validation, [truth][predicted], in class order. */
  confusion: number[][];
  /** Thresholds by class id that the selection used. */
  thresholds: Record<string, number>;
  /** Test figures; filled once, when the run has ended. */
  testAccuracy: number | null;
  testCount: number | null;
  testConfusion: number[][] | null;
  parameters: number;
  seconds: number;
  imagesPerSecond: number;
  steps: number;
}

/**
 * Validation images that the curve of a training round is measured on at most: beyond them it would not be finer, only
 * slower.
 */
export const CURVE_IMAGES = 1000;

/** A point of the training curve. */
export interface TrainPoint {
  step: number;
  steps: number;
  lossLabeled: number;
  lossPseudo: number | null;
  learningRate: number;
  imagesPerSecond: number;
  /**
   * Only on steps where validation was measured: of weights in the making, one look at each of at most `CURVE_IMAGES`
   * images. Not the figure of the finished round.
   */
  valAccuracy: number | null;
}

export const DEFAULT_AUGMENTATION: AugmentationPolicy = {
  flipHorizontal: true,
  flipVertical: false,
  colour: true,
  rotation: 30,
  operations: 2,
  magnitude: 10,
  probability: 0.5,
  cutout: 12,
};

/**
 * Defaults for pools up to 5,000 images. Rate, floor, shares and weight were measured on CIFAR-10 with 25 labels a
 * class, on the hidden labels of the pool (never on test): bench/results/loop-cifar10.md.
 */
export const DEFAULT_RUN_CONFIG: RunConfig = {
  chain: null,
  method: 'noisy-student',
  engine: 'auto',
  seed: 1,
  inputSize: 32,
  teacher: 's',
  teachers: 3,
  students: ['s', 's', 'm'],
  exportModel: null,
  backboneId: null,
  pseudoLabels: 'soft',
  control: true,
  keepShare: [0.6, 0.8, 1],
  floor: 0.3,
  classFloors: {},
  duplicatesMax: 3,
  alignDistribution: false,
  batchLabeled: 32,
  batchPseudo: 96,
  pseudoWeight: 3,
  augmentation: DEFAULT_AUGMENTATION,
  dropout: 0.1,
  stochasticDepth: 0,
  learningRate: 0.3,
  headLearningRate: 0.01,
  momentum: 0.9,
  weightDecay: 5e-4,
  warmup: 0.2,
  emaDecay: 0.99,
  steps: 900,
  teacherSteps: 300,
  temperature: 3,
  alpha: 0.9,
  reviewGate: 'continue',
  reviewAnswers: 20,
  reviewPerRound: 50,
  stopAfterRejected: 2,
};
