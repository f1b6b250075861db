import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
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
import type { ConsensusState } from '#core/labeling/labeling.ts';
import type { ReviewReason, Split } from '#core/project/project.ts';
import type { Said } from '#core/text/said.ts';
import { member } from './people.ts';
import { image, project, projectClass } from './project.ts';
import { round, run } from './run.ts';

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

export type AnnotationKind = 'decide' | 'skip' | 'undo';
export type AnnotationSource = 'label' | 'review' | 'grid' | 'adjudicate' | 'import' | 'bulk' | 'api';

/**
 * What one person decided, skipped or took back; append-only. `id` is made by the client, so sending twice changes
 * nothing. An undo is a row that names the one it takes back. The live annotation of a member on an image is the newest
 * row of theirs that is not undone; a decision is their answer.
 */
export const annotation = pgTable(
  'annotation',
  {
    id: uuid('id').primaryKey(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    kind: text('kind').$type<AnnotationKind>().notNull(),
    /** What a decision says that the image has, a set (`classSet`): empty for none of the classes. */
    classIds: uuid('class_ids').array(),
    /** The class of a set of one. */
    classId: uuid('class_id')
      .generatedAlwaysAs(sql`case when cardinality(class_ids) = 1 then class_ids[1] end`)
      .references(() => projectClass.id),
    source: text('source').$type<AnnotationSource>().notNull(),
    undoesId: uuid('undoes_id'),
    reviewItemId: uuid('review_item_id'),
    /** Sent after its lease was lost: kept as an extra answer. */
    late: boolean('late').notNull().default(false),
    /** The model's guess was visible when the person decided. */
    guessShown: boolean('guess_shown').notNull().default(false),
    guessClassId: uuid('guess_class_id'),
    reason: text('reason'),
    durationMs: integer('duration_ms'),
    createdAt: createdAt(),
  },
  (table) => [
    index('annotation_image_idx').on(table.imageId, table.seq),
    // Ascending: read backwards it serves `desc` too, which an index made with `desc nulls last` does not.
    index('annotation_member_idx').on(table.projectId, table.memberId, table.seq),
    index('annotation_day_idx')
      .on(table.projectId, table.memberId, table.createdAt)
      .where(sql`${table.kind} = 'decide' and ${table.source} <> 'import'`),
    uniqueIndex('annotation_undoes_unique')
      .on(table.undoesId)
      .where(sql`${table.undoesId} is not null`),
  ],
);

/** A member's claim on an image. `token` fences: it only grows, and a submit must carry the live one. */
export const lease = pgTable(
  'lease',
  {
    token: bigserial('token', { mode: 'number' }).primaryKey(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    /** A gold item is held outside of the overlap: its lease is not counted on the image. */
    purpose: text('purpose').$type<'label' | 'gold'>().notNull().default('label'),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('lease_image_member_unique').on(table.imageId, table.memberId),
    index('lease_member_idx').on(table.projectId, table.memberId),
    index('lease_expiry_idx').on(table.expiresAt),
  ],
);

/** An image sent to people, with its reason and how it was drawn. */
export const reviewItem = pgTable(
  'review_item',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    runId: uuid('run_id')
      .notNull()
      .references(() => run.id, { onDelete: 'cascade' }),
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    reason: text('reason').$type<ReviewReason>().notNull(),
    /** Chance with which an audit item was drawn; what makes its estimate unbiased. */
    drawProbability: real('draw_probability'),
    /** The model's answer at the time: class and its calibrated probabilities, in class order. */
    guessClassId: uuid('guess_class_id').references(() => projectClass.id),
    confidence: real('confidence'),
    priority: real('priority').notNull().default(0),
    status: text('status').$type<'open' | 'answered' | 'skipped' | 'closed'>().notNull().default('open'),
    heldBy: uuid('held_by').references(() => member.id),
    heldUntil: timestamp('held_until', { withTimezone: true }),
    answeredBy: uuid('answered_by').references(() => member.id),
    annotationId: uuid('annotation_id'),
    createdAt: createdAt(),
    answeredAt: timestamp('answered_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('review_item_round_image_unique').on(table.roundId, table.imageId),
    index('review_item_queue_idx').on(table.projectId, table.status, table.priority.desc()),
    index('review_item_image_idx').on(table.imageId),
    index('review_item_held_idx')
      .on(table.heldBy)
      .where(sql`${table.status} = 'open' and ${table.heldBy} is not null`),
  ],
);

export const comment = pgTable(
  'comment',
  {
    id: uuid('id').primaryKey(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    body: text('body').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('comment_image_idx').on(table.imageId, table.createdAt)],
);

/** A member whom a comment names, and when they opened it. */
export const mention = pgTable(
  'mention',
  {
    commentId: uuid('comment_id')
      .notNull()
      .references(() => comment.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    /** The comment's own, so that one index gives a member's mentions in their order. */
    createdAt: createdAt(),
    readAt: timestamp('read_at', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.commentId, table.memberId] }),
    index('mention_member_idx').on(table.memberId, table.createdAt, table.commentId),
    index('mention_unread_idx')
      .on(table.memberId)
      .where(sql`${table.readAt} is null`),
  ],
);

/** A member's pause in one project, by the gold rule or by a lead. */
export const memberPause = pgTable(
  'member_pause',
  {
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    reason: text('reason').notNull(),
    /** The same by key, for pages (core/text/stored.ts); null in older rows. */
    said: jsonb('said').$type<readonly Said[]>(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('member_pause_unique').on(table.projectId, table.memberId)],
);

/**
 * Counts of images by split and state, so that no page counts a million rows. A trigger on image appends differences
 * (never updates: no writer waits for another), a sweep folds them together; the truth is the sum. One writer: that
 * trigger.
 */
export const projectCounter = pgTable(
  'project_counter',
  {
    projectId: uuid('project_id').notNull(),
    split: text('split').$type<Split>().notNull(),
    state: text('state').$type<ConsensusState>().notNull(),
    /** People settled on what it has. */
    resolved: boolean('resolved').notNull(),
    /** Answers beyond the extra ones asked: done once this reaches the overlap. */
    answers: integer('judgments').notNull(),
    images: bigint('images', { mode: 'number' }).notNull(),
  },
  (table) => [index('project_counter_idx').on(table.projectId)],
);
