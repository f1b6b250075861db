import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { BackboneKind } from '#core/run/backbones.ts';
import type { Verdict, RoundMetrics, RoundRole, RunConfig } from '#core/run/learning.ts';
import type { ModelName } from '#core/chain/models.ts';
import type { RoundStage, RunStatus } from '#core/run/run.ts';
import type { Standings } from '#core/round/verdict.ts';
import type { Said } from '#core/text/said.ts';
import type { TrialFigures } from '#core/recommend/trial.ts';
import { bytea } from './bytea.ts';
import { member, organization } from './people.ts';
import { image, project, projectClass } from './project.ts';

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

export const run = pgTable(
  'run',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    /** What leads call it, beside its number; empty: nothing. */
    name: text('name').notNull().default(''),
    /** Markdown, shown sanitised. */
    notes: text('notes').notNull().default(''),
    tags: text('tags')
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    /** Runs that were started as one, each with other settings, share it. */
    sweepId: uuid('sweep_id'),
    /** Left out of lists unless asked for since then. */
    archivedAt: timestamp('archived_at', { withTimezone: true }),
    status: text('status').$type<RunStatus>().notNull().default('queued'),
    config: jsonb('config').$type<RunConfig>().notNull(),
    /** Class ids in the order that probability vectors use; frozen at start. */
    classIds: jsonb('class_ids').$type<string[]>().notNull(),
    createdBy: uuid('created_by').references(() => member.id),
    /** What the run waits for, or why it failed: a sentence for people. */
    message: text('message'),
    /** The same by key, for pages (core/text/stored.ts); null in older rows. */
    said: jsonb('said').$type<readonly Said[]>(),
    engine: text('engine'),
    device: text('device'),
    codeVersion: text('code_version'),
    /** The trainer that holds it, its fence, and until when; a dead trainer's run is claimed again. */
    trainerId: text('worker_id'),
    trainerToken: integer('worker_token').notNull().default(0),
    trainerUntil: timestamp('worker_until', { withTimezone: true }),
    startedAt: timestamp('started_at', { withTimezone: true }),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('run_project_number_unique').on(table.projectId, table.number),
    index('run_status_idx').on(table.status),
  ],
);

export const round = pgTable(
  'round',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    runId: uuid('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    /** 0 is the teacher; a control arm shares the index of its student. */
    index: integer('index').notNull(),
    role: text('role').$type<RoundRole>().notNull(),
    /** Which of the teachers that answer together, 0 first; 0 in every other role. */
    member: integer('member').notNull().default(0),
    model: text('model').$type<ModelName | 'backbone-head'>().notNull(),
    stage: text('stage').$type<RoundStage>().notNull().default('waiting'),
    seed: integer('seed').notNull(),
    /** The round whose predictions became this one's pseudo-labels. */
    teacherRoundId: uuid('teacher_round_id'),
    /** Hash of the labeled set it was trained on: sorted image id, class id. */
    labeledHash: text('labeled_hash'),
    labeledCount: integer('labeled_count').notNull().default(0),
    selection: jsonb('selection').$type<Record<string, unknown>>(),
    metrics: jsonb('metrics').$type<RoundMetrics>(),
    verdict: text('decision').$type<Verdict>(),
    /** What it was judged by, frozen; null for a round that nothing was compared with. */
    standings: jsonb('standings').$type<Standings>(),
    /** Why, in a sentence, with the p value. Columns keep their older name, so that servers of both versions work. */
    verdictReason: text('decision_reason'),
    verdictSaid: jsonb('decision_said').$type<readonly Said[]>(),
    decidedBy: uuid('decided_by').references(() => member.id),
    rolledBackAt: timestamp('rolled_back_at', { withTimezone: true }),
    reviewed: integer('reviewed').notNull().default(0),
    startedAt: timestamp('started_at', { withTimezone: true }),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('round_run_index_role_member_unique').on(table.runId, table.index, table.role, table.member)],
);

/** The labeled set of a round, frozen: what makes it reproducible. */
export const roundLabel = pgTable(
  'round_label',
  {
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    classId: uuid('class_id')
      .notNull()
      .references(() => projectClass.id),
  },
  (table) => [
    primaryKey({ columns: [table.roundId, table.imageId] }),
    index('round_label_image_idx').on(table.imageId),
  ],
);

export const roundPoint = pgTable(
  'round_point',
  {
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    lossLabeled: real('loss_labeled').notNull(),
    lossPseudo: real('loss_pseudo'),
    learningRate: real('learning_rate').notNull(),
    imagesPerSecond: real('images_per_second').notNull(),
    valAccuracy: real('val_accuracy'),
  },
  (table) => [primaryKey({ columns: [table.roundId, table.step] })],
);

/** Weights in blob storage. `final` marks the EMA weights that the round is judged by. */
export const checkpoint = pgTable(
  'checkpoint',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    final: boolean('final').notNull().default(false),
    blobKey: text('blob_key').notNull(),
    sha256: text('sha256').notNull(),
    bytes: integer('bytes').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('checkpoint_round_step_unique').on(table.roundId, table.step)],
);

/** A calibrated probability vector of one round for one image, in the order of run.classIds. */
export const prediction = pgTable(
  'prediction',
  {
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    probabilities: real('probabilities').array().notNull(),
    classIndex: integer('class_index').notNull(),
    confidence: real('confidence').notNull(),
    /** Position in the two-dimensional map of the pool. */
    mapX: real('map_x'),
    mapY: real('map_y'),
  },
  (table) => [
    primaryKey({ columns: [table.roundId, table.imageId] }),
    // Ascending: read backwards they serve `desc` too, which an index made with `desc nulls last` does not.
    index('prediction_confidence_idx').on(table.roundId, table.classIndex, table.confidence, table.imageId),
    index('prediction_order_idx').on(table.roundId, table.confidence, table.imageId),
    index('prediction_image_idx').on(table.imageId),
    index('prediction_map_idx').on(table.roundId, table.mapX),
  ],
);

/**
 * Packed embeddings: ids of 16 bytes and embeddings of EMBEDDING_BYTES, in the same order. A row for each image would
 * cost three times the room.
 */
export const packed = () => ({ imageIds: bytea('image_ids').notNull(), embeddings: bytea('embeddings').notNull() });

/** What a round saw in one shard of the pool, as it was scored: where an image's own embedding is found. */
export const embeddingShard = pgTable(
  'embedding_shard',
  {
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    /** In the order in which they were stored; what embeddings are compressed by is fitted to shard 0. */
    index: integer('index').notNull(),
    /** Shards are scored in the order of their images' content, which so tells in which an image may be. */
    firstHash: text('first_hash').notNull(),
    lastHash: text('last_hash').notNull(),
    ...packed(),
  },
  (table) => [primaryKey({ columns: [table.roundId, table.index] })],
);

/** The same embeddings, sorted into cells of what lies together: a search reads the nearest few. */
export const embeddingCell = pgTable(
  'embedding_cell',
  {
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    index: integer('index').notNull(),
    centre: bytea('centre').notNull(),
    ...packed(),
  },
  (table) => [primaryKey({ columns: [table.roundId, table.index] })],
);

/** A human label of a round that a head which never saw it contradicts (confident learning, out of fold). */
export const suspectLabel = pgTable(
  'suspect_label',
  {
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    /** The class that is likelier, and its probability out of fold. */
    classIndex: integer('class_index').notNull(),
    confidence: real('confidence').notNull(),
    /** Probability of that class minus that of the given one: the clearest first. */
    margin: real('margin').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.roundId, table.imageId] }),
    index('suspect_label_image_idx').on(table.imageId),
  ],
);

/** A prediction accepted as a target of a student round; written once, never changed. */
export const pseudoLabel = pgTable(
  'pseudo_label',
  {
    /** The student round that trains on it. */
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    classIndex: integer('class_index').notNull(),
    confidence: real('confidence').notNull(),
    copies: integer('copies').notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.roundId, table.imageId] }),
    index('pseudo_label_image_idx').on(table.imageId),
  ],
);

/** Pre-trained weights: a graph and numbers, nothing that runs. */
export const backbone = pgTable(
  'backbone',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => organization.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    blobKey: text('blob_key').notNull(),
    sha256: text('sha256').notNull(),
    bytes: integer('bytes').notNull(),
    inputSize: integer('input_size').notNull(),
    sourceUrl: text('source_url'),
    kind: text('kind').$type<BackboneKind>().notNull().default('layers'),
    /** SPDX identifier or own words of who imported it; null: not told. */
    licence: text('licence'),
    /** Where the weights come from, in words. */
    origin: text('origin'),
    /** Numbers of its embedding; null for one that was imported before it was counted. */
    width: integer('width'),
    createdAt: createdAt(),
  },
  (table) => [
    index('backbone_organization_idx').on(table.organizationId),
    uniqueIndex('backbone_built_in_unique')
      .on(table.organizationId)
      .where(sql`${table.kind} = 'built-in'`),
  ],
);

export const modelExport = pgTable(
  'export',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    roundId: uuid('round_id').references(() => round.id, { onDelete: 'cascade' }),
    /** `serving`: the file that predictions are made with; it is in no list of exports. */
    kind: text('kind').$type<'model' | 'annotations' | 'serving'>().notNull(),
    format: text('format').notNull(),
    status: text('status').$type<'queued' | 'running' | 'ready' | 'failed'>().notNull().default('queued'),
    message: text('message'),
    said: jsonb('said').$type<readonly Said[]>(),
    blobKey: text('blob_key'),
    bytes: integer('bytes'),
    sha256: text('sha256'),
    createdBy: uuid('created_by').references(() => member.id),
    createdAt: createdAt(),
    readyAt: timestamp('ready_at', { withTimezone: true }),
  },
  (table) => [index('export_project_idx').on(table.projectId, table.createdAt.desc())],
);

/** A short training from scratch in the background: what recommends a run. The newest done one counts. */
export const scratchTrial = pgTable(
  'scratch_trial',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    status: text('status').$type<'queued' | 'done' | 'failed'>().notNull().default('queued'),
    /** Human labels of the pool when it was asked for. */
    labels: integer('labels').notNull(),
    figures: jsonb('figures').$type<TrialFigures>(),
    /** Images a second that model XS trained on here, and at which side, px. */
    imagesPerSecond: real('images_per_second'),
    side: integer('side'),
    seconds: real('seconds'),
    /** Why it failed: a sentence for people. */
    message: text('message'),
    createdAt: createdAt(),
    doneAt: timestamp('done_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('scratch_trial_queued_unique')
      .on(table.projectId)
      .where(sql`${table.status} = 'queued'`),
    index('scratch_trial_project_idx').on(table.projectId, table.createdAt.desc()),
  ],
);

/** A trainer process and what it does now. The table and the columns that name it keep their older name. */
export const trainer = pgTable('worker', {
  id: text('id').primaryKey(),
  engine: text('engine').notNull(),
  device: text('device').notNull(),
  threads: integer('threads').notNull().default(1),
  memoryBytes: real('memory_bytes').notNull().default(0),
  imagesPerSecond: real('images_per_second'),
  /** Engines that were tried and not taken, each with its reason. */
  skipped: jsonb('skipped')
    .$type<{ name: string; reason: string }[]>()
    .notNull()
    .default(sql`'[]'::jsonb`),
  /** What predicts on that machine, as measured at its start, and a sentence on what it was chosen over. */
  answers: jsonb('answers').$type<{ taken: string; imagesPerSecond: number; instead: string }>(),
  job: text('job'),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
  heartbeatAt: timestamp('heartbeat_at', { withTimezone: true }).notNull().defaultNow(),
});
