import { index, integer, pgTable, real, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { ServingChoice } from '#core/serving/serving.ts';
import { member } from './people.ts';
import { project, projectClass } from './project.ts';
import { round } from './run.ts';

/** Which round predicts for a project: the newest row decides. Append-only; without one the best model serves. */
export const serving = pgTable(
  'serving',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<ServingChoice['kind']>().notNull(),
    /** Null: whichever stands best; also where the round was deleted since. */
    roundId: uuid('round_id').references(() => round.id, { onDelete: 'set null' }),
    restoresId: uuid('restores_id'),
    /** What it was called when it was chosen: the round may be gone by now. Empty for the best model. */
    title: text('title').notNull(),
    memberId: uuid('member_id').references(() => member.id),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('serving_project_idx').on(table.projectId, table.createdAt.desc(), table.id)],
);

/** The newest pictures that a project's model was asked, where a lead has them kept. */
export const askedImage = pgTable(
  'asked_image',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    /** Which round answered. */
    roundId: uuid('round_id').references(() => round.id, { onDelete: 'set null' }),
    memberId: uuid('member_id').references(() => member.id),
    /** As an image's: the same picture is kept once. */
    contentHash: text('content_hash').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    classId: uuid('class_id').references(() => projectClass.id, { onDelete: 'set null' }),
    probability: real('probability').notNull(),
    askedAt: timestamp('asked_at', { withTimezone: true }).notNull().defaultNow(),
    /** When it went into the pool, to be asked of people. */
    sentAt: timestamp('sent_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('asked_image_project_content_unique').on(table.projectId, table.contentHash),
    index('asked_image_project_idx').on(table.projectId, table.askedAt, table.id),
  ],
);
