import { z } from 'zod';
import { PIXEL_SCALES } from '../run/backbones.ts';
import type { ChainLink } from '../chain/chain-link.ts';
import { ROUND_KINDS } from '../chain/chain-link.ts';
import type { RunConfig } from '../run/learning.ts';
import { OVERLAY_MOST } from '../book/limits.ts';
import { AXES_MOST, SWEEP_KEYS, SWEEP_MOST } from '../book/sweep.ts';
import { ENGINE_NAMES, METHODS } from '../run/learning.ts';
import { MODEL_NAMES } from '../chain/models.ts';
import { REVIEW_REASONS } from '../project/project.ts';
import { augmentationPolicy } from './project.ts';

const share = z.number().min(0).max(1);
const model = z.enum(MODEL_NAMES);

/** Larger sides cost more than they bring, and memory is bounded (buildModel). */
const SIDE_MOST = 512;

const chainLink: z.ZodType<ChainLink> = z
  .object({
    role: z.enum(['teacher', 'student', 'distilled']),
    kind: z.enum(ROUND_KINDS),
    model: model.nullable(),
    backboneId: z.uuid().nullable(),
    side: z.int().min(16).max(SIDE_MOST),
    members: z.int().min(1).max(5).default(1),
    tunedShare: z.number().min(0.05).max(1).default(1),
  })
  .meta({ id: 'ChainLink' });

/**
 * What a lead may ask of a run. Bounds keep a run finite and a machine alive; whether settings fit together is
 * `checkRunConfig`.
 */
export const runConfig: z.ZodType<RunConfig> = z
  .object({
    chain: z.array(chainLink).min(1).max(16).nullable().default(null),
    method: z.enum(METHODS),
    engine: z.enum([...ENGINE_NAMES, 'auto']),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
    inputSize: z.int().min(16).max(SIDE_MOST),
    teacher: model,
    students: z.array(model).max(10),
    exportModel: model.nullable(),
    backboneId: z.uuid().nullable(),
    pseudoLabels: z.enum(['soft', 'hard']),
    control: z.boolean(),
    keepShare: z.array(share).min(1).max(10),
    floor: share,
    classFloors: z.record(z.uuid(), share),
    duplicatesMax: z.int().min(1).max(20),
    alignDistribution: z.boolean(),
    teachers: z.int().min(1).max(5),
    batchLabeled: z.int().min(1).max(1024),
    batchPseudo: z.int().min(0).max(4096),
    pseudoWeight: z.number().min(0).max(10),
    augmentation: augmentationPolicy,
    dropout: z.number().min(0).max(0.9),
    stochasticDepth: z.number().min(0).max(0.9),
    learningRate: z.number().positive().max(10),
    headLearningRate: z.number().positive().max(10),
    momentum: z.number().min(0).max(0.999),
    weightDecay: z.number().min(0).max(0.1),
    warmup: share,
    emaDecay: z.number().min(0).max(0.9999),
    steps: z.int().min(1).max(200_000),
    teacherSteps: z.int().min(1).max(200_000),
    temperature: z.number().min(0.1).max(20),
    alpha: share,
    reviewGate: z.enum(['continue', 'answers', 'person']),
    reviewAnswers: z.int().min(1).max(100_000),
    reviewPerRound: z.int().min(0).max(10_000),
    stopAfterRejected: z.int().min(1).max(10),
  })
  .meta({ id: 'RunConfig' });

const runName = z.string().trim().max(80);
/** With `vary` a sweep: a run for each combination of the values, bounded as `checkSweep` says. */
export const startRun = z.object({
  config: runConfig,
  name: runName.default(''),
  vary: z
    .array(z.object({ key: z.enum(SWEEP_KEYS), values: z.array(z.number()).min(1).max(SWEEP_MOST) }))
    .max(AXES_MOST)
    .default([]),
});
export const stopSweep = z.object({ sweepId: z.uuid() });
export const runRef = z.object({ runId: z.uuid() });
export const listRuns = z.object({ archived: z.boolean().default(false) });
const runNotes = z.string().trim().max(20_000);
const runTags = z.array(z.string().trim().min(1).max(40)).max(20).optional();
/** What is left out stays as it is. `from` are the notes that the writer has read: others are not written over. */
export const describeRun = runRef
  .extend({
    name: runName.optional(),
    notes: z.object({ text: runNotes, from: runNotes }).optional(),
    addTags: runTags,
    removeTags: runTags,
  })
  .refine(
    ({ name, notes, addTags, removeTags }) => [name, notes, addTags, removeTags].some((one) => one !== undefined),
    {
      error: 'Nothing to change.',
    },
  );
/** Runs whose curves are laid over each other. */
export const overlayRuns = z.object({ runIds: z.array(z.uuid()).min(1).max(OVERLAY_MOST) });
export const archiveRun = runRef.extend({ archived: z.boolean() });
/** `confirmName` is asked for where the run's model stands best. */
export const deleteRun = runRef.extend({ confirmName: z.string().max(200).nullish() });
export const roundRef = z.object({ roundId: z.uuid() });
export const roundPair = z.object({ roundId: z.uuid(), otherRoundId: z.uuid() });

/** Keyset page after a confidence and an image. */
export const imageCursor = z.object({ confidence: z.number(), imageId: z.uuid() });
const page = { cursor: imageCursor.nullish(), limit: z.int().min(1).max(200).default(60) };

export const runCurve = z.object({
  runId: z.uuid(),
  cursor: z.object({ roundId: z.uuid(), step: z.int() }).nullish(),
  limit: z.int().min(1).max(5000).default(2000),
});

export const confusionCell = roundRef.extend({ truthClassId: z.uuid(), predictedClassId: z.uuid(), ...page });
export const roundImages = roundRef.extend(page);
export const pairImages = roundPair.extend(page);
export const mapPoint = roundRef.extend({ x: z.number(), y: z.number() });
export const imageRef = z.object({ imageId: z.uuid() });

export const applyThresholds = z.object({ runId: z.uuid(), classFloors: z.record(z.uuid(), share) });

export const listReview = z.object({
  reason: z.enum(REVIEW_REASONS),
  roundId: z.uuid().nullish(),
  limit: z.int().min(1).max(200).default(60),
});

/** A round of any project of the organization whose weights become a backbone. */
export const adoptRound = z.object({ fromRoundId: z.uuid() });

/** What stands in the address of a backbone's file that is sent. */
export const importBackbone = z.object({
  name: z.string().trim().min(1).max(100),
  scale: z.enum(PIXEL_SCALES).default('symmetric'),
  /** Layer whose features are wanted, by its name in the file; the last before the head unless told. */
  layer: z.string().trim().min(1).max(200).optional(),
});

/** A backbone that goes, with its file. */
export const removeBackbone = z.object({ backboneId: z.uuid() });

/** The address of a model: ONNX, TensorFlow Lite, or a TensorFlow.js model.json. */
export const fetchBackbone = z.object({
  name: z.string().trim().min(1).max(100),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  scale: z.enum(PIXEL_SCALES).default('symmetric'),
  /** Layer whose features are wanted, by its name in the file; the last before the head unless told. */
  layer: z.string().trim().min(1).max(200).optional(),
});

export const queueReview = roundRef.extend({
  reason: z.enum(['flip', 'suspect-label', 'audit', 'uncertain']),
  count: z.int().min(1).max(1000),
});
export const queueImages = z.object({ roundId: z.uuid().optional(), imageIds: z.array(z.uuid()).min(1).max(1000) });
