import { sql } from 'drizzle-orm';
import {
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
import type { LiveFigures } from '#core/live-teacher/live-teacher.ts';
import type { ProjectSettings } from '#core/project/project.ts';
import type { Said } from '#core/text/said.ts';
import { bytea } from './bytea.ts';
import { image, project, projectClass } from './project.ts';
import { backbone, packed } from './run.ts';

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

/**
 * What one backbone says of a project's images, looked at on one side. A project has one that is in use and, while its
 * backbone changes, a second one that fills.
 */
export const featureSet = pgTable(
  'feature_set',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    /** Null: no backbone was there; edges and colours alone are described. */
    backboneId: uuid('backbone_id').references(() => backbone.id, { onDelete: 'cascade' }),
    /** Side of the square that the backbone looks at, px. */
    side: integer('side').notNull(),
    /** Numbers an image; null before the first shard. */
    width: integer('width'),
    /** Of those numbers, how many each layer of the backbone gave, in their order; null for one layer. */
    taps: jsonb('taps').$type<readonly number[]>(),
    /** What makes its embeddings compact, fitted to the first shard and again at each sorting. */
    compression: bytea('compression'),
    /** Why it cannot go on: a sentence for people. */
    message: text('message'),
    said: jsonb('said').$type<readonly Said[]>(),
    /** Embedded images when pairs that look alike to it were last sought; null before. */
    pairedImages: integer('paired_images'),
    createdAt: createdAt(),
    /** When every image of the project was first embedded. */
    readyAt: timestamp('ready_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('feature_set_unique').on(
      table.projectId,
      sql`coalesce(${table.backboneId}, '00000000-0000-0000-0000-000000000000')`,
      table.side,
    ),
    index('feature_set_backbone_idx').on(table.backboneId),
  ],
);

/** Images that are embedded together: what a trainer's job does. */
export const featureShard = pgTable(
  'feature_shard',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    setId: uuid('set_id')
      .notNull()
      .references(() => featureSet.id, { onDelete: 'cascade' }),
    status: text('status').$type<'queued' | 'done' | 'failed'>().notNull().default('queued'),
    images: integer('images').notNull(),
    /** Ids of 16 bytes. */
    imageIds: bytea('image_ids').notNull(),
    /** [images, width] as float16; null until done. */
    features: bytea('features'),
    /** Compact embeddings, [images, EMBEDDING_BYTES]. */
    embeddings: bytea('embeddings'),
    /**
     * Places on the map, [images, 2] as float32: the first two numbers of an embedding before it is rounded. Null for
     * shards from before there was a map; those lie where their embeddings say.
     */
    places: bytea('places'),
    createdAt: createdAt(),
    doneAt: timestamp('done_at', { withTimezone: true }),
  },
  (table) => [
    index('feature_shard_set_idx').on(table.setId, table.status, table.doneAt),
    index('feature_shard_queued_idx')
      .on(table.createdAt)
      .where(sql`${table.status} = 'queued'`),
  ],
);

/** In which shard an image is found; none yet for one that waits to be embedded. */
export const imageFeature = pgTable(
  'image_feature',
  {
    setId: uuid('set_id')
      .notNull()
      .references(() => featureSet.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    shardId: uuid('shard_id'),
  },
  (table) => [
    primaryKey({ columns: [table.setId, table.imageId] }),
    index('image_feature_image_idx').on(table.imageId),
    index('image_feature_waiting_idx')
      .on(table.setId, table.imageId)
      .where(sql`${table.shardId} is null`),
  ],
);

/** Compact embeddings of a set, sorted into cells of what lies together: as those of a round are. */
export const featureCell = pgTable(
  'feature_cell',
  {
    setId: uuid('set_id')
      .notNull()
      .references(() => featureSet.id, { onDelete: 'cascade' }),
    index: integer('index').notNull(),
    centre: bytea('centre').notNull(),
    /** One shard as it came; the next sorting takes it apart. */
    unsorted: integer('unsorted').notNull().default(0),
    ...packed(),
  },
  (table) => [primaryKey({ columns: [table.setId, table.index] })],
);

/** Two images that are nearly the same to the backbone of a set, the first of the pool: the closest pairs alone. */
export const featurePair = pgTable(
  'feature_pair',
  {
    setId: uuid('set_id')
      .notNull()
      .references(() => featureSet.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    twinId: uuid('twin_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    /** How far apart they are, where 1 is how far an image mostly is from the one most like it. */
    distance: real('distance').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.setId, table.imageId, table.twinId] }),
    index('feature_pair_order_idx').on(table.setId, table.distance),
    index('feature_pair_image_idx').on(table.imageId),
    index('feature_pair_twin_idx').on(table.twinId),
  ],
);

/**
 * The head on features that learns anew within seconds of answers: one a project, written by the trainer that
 * holds it.
 */
export const liveTeacher = pgTable('live_teacher', {
  projectId: uuid('project_id')
    .primaryKey()
    .references(() => project.id, { onDelete: 'cascade' }),
  /** Null when those features are gone: it learns anew on others. */
  setId: uuid('set_id').references(() => featureSet.id, { onDelete: 'set null' }),
  /** Counts the fits. */
  version: integer('version').notNull().default(1),
  /** Class ids in the order of its answers. */
  classIds: jsonb('class_ids').$type<string[]>().notNull(),
  /** Human labels of the pool that it learned from. */
  labels: integer('labels').notNull(),
  /** What there was to learn from: features, labels, classes, order asked for. While it is the same nothing is new. */
  seen: text('seen').notNull(),
  /** The order that was asked for, and ids of 16 bytes in it: open images of the pool, the first to be asked next. */
  order: text('order').$type<ProjectSettings['order']>().notNull(),
  ranks: bytea('ranks').notNull(),
  figures: jsonb('figures').$type<LiveFigures>().notNull(),
  seconds: real('seconds').notNull(),
  fittedAt: timestamp('fitted_at', { withTimezone: true }).notNull().defaultNow(),
});

/**
 * What the live teacher takes an open or answered image of the pool for. Never of validation or test. In a very large
 * project only the surest of each class and those it asks for next.
 */
export const liveGuess = pgTable(
  'live_guess',
  {
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    classIndex: integer('class_index').notNull(),
    confidence: real('confidence').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.imageId] }),
    index('live_guess_image_idx').on(table.imageId),
    index('live_guess_class_idx').on(table.projectId, table.classIndex, table.confidence, table.imageId),
    index('live_guess_confidence_idx').on(table.projectId, table.confidence, table.imageId),
  ],
);

/** A human label of the pool that the live teacher, taught without it, contradicts. */
export const liveSuspect = pgTable(
  'live_suspect',
  {
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    givenClassId: uuid('given_class_id')
      .notNull()
      .references(() => projectClass.id, { onDelete: 'cascade' }),
    suggestedClassId: uuid('suggested_class_id')
      .notNull()
      .references(() => projectClass.id, { onDelete: 'cascade' }),
    /** Probability of the suggested class, out of fold, and how much more than the given one's. */
    confidence: real('confidence').notNull(),
    margin: real('margin').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.imageId] }),
    index('live_suspect_image_idx').on(table.imageId),
    index('live_suspect_order_idx').on(table.projectId, table.margin),
  ],
);
