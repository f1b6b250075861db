import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { ProposalChoice } from '#core/proposal/propose.ts';
import type { ObjectState, SourceInterval, SourcePlace, SourceWork } from '#core/source/source.ts';
import type { ImportProblem } from '#core/formats/types.ts';
import type { Said } from '#core/text/said.ts';
import { member } from './people.ts';
import { imageImport, project } from './project.ts';

/** A place that images keep coming from. What a server does for it stands here, so that another one can go on. */
export const source = pgTable(
  'source',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    /** Who added it: what it takes comes in their name. */
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    name: text('name').notNull(),
    place: jsonb('place').$type<SourcePlace>().notNull(),
    /** Its keys, sealed with PUPIL_SECRET (server/auth/seal.ts); read by the server that opens it alone. */
    sealedKeys: text('sealed_keys'),
    /** SHA-256 of the token in the address that asks for a sync. */
    hookHash: text('hook_hash'),
    interval: text('interval').$type<SourceInterval>().notNull(),
    takesNew: boolean('takes_new').notNull(),
    /** How its labels are read, as somebody accepted. */
    choice: jsonb('choice').$type<ProposalChoice>().notNull(),
    work: text('work').$type<SourceWork>().notNull().default('idle'),
    /** When it is looked at next; null: not by itself. */
    dueAt: timestamp('due_at', { withTimezone: true }),
    /** Until when a server works on it; past or null: any may take it. */
    heldUntil: timestamp('held_until', { withTimezone: true }),
    /** Grows with each server that takes it: one that was left behind writes nothing more. */
    fence: integer('fence').notNull().default(0),
    /** Number of the newest listing; `cursor` is the last key that it has written, null before the first. */
    pass: integer('pass').notNull().default(0),
    cursor: text('cursor'),
    listed: integer('listed').notNull().default(0),
    listingSince: timestamp('listing_since', { withTimezone: true }),
    /** Tries in a row for which the place did not answer, and when the next one is; null: nothing is waited for. */
    misses: integer('misses').notNull().default(0),
    waitUntil: timestamp('wait_until', { withTimezone: true }),
    /** The import that takes what is new. */
    importId: uuid('import_id').references(() => imageImport.id, { onDelete: 'set null' }),
    /** When a listing was last complete. */
    syncedAt: timestamp('synced_at', { withTimezone: true }),
    /** Why the last sync stopped. */
    error: text('error'),
    /** The same by key, for pages (core/text/stored.ts); null in older rows. */
    errorSaid: jsonb('error_said').$type<readonly Said[]>(),
    /** What the last listing could not read, such as a line that is no address. */
    problems: jsonb('problems')
      .$type<ImportProblem[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    problemCount: integer('problem_count').notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('source_project_idx').on(table.projectId, table.createdAt),
    index('source_member_idx').on(table.memberId),
    index('source_import_idx').on(table.importId),
    index('source_due_idx')
      .on(table.dueAt)
      .where(sql`${table.dueAt} is not null`),
    index('source_work_idx')
      .on(table.heldUntil)
      .where(sql`${table.work} <> 'idle'`),
  ],
);

/** An object that a listing found. One writer: db/queries/source/source-object.ts. */
export const sourceObject = pgTable(
  'source_object',
  {
    sourceId: uuid('source_id')
      .notNull()
      .references(() => source.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    /** Bytes, where the listing tells. */
    size: bigint('size', { mode: 'number' }).notNull().default(0),
    /** By what another content is told: the tag or time of change, with the size; empty where nothing tells. */
    mark: text('mark').notNull().default(''),
    state: text('state').$type<ObjectState>().notNull(),
    /** The newest listing that found it. */
    pass: integer('pass').notNull(),
    /** What a list of addresses says of it. */
    said: jsonb('said').$type<FileLabel>(),
    /** The image that it was taken as, and the mark that it then had. */
    contentHash: text('content_hash'),
    takenMark: text('taken_mark'),
    /** Images that it was before it changed and was taken anew, the newest last; asked about like vanished ones. */
    replacedHashes: text('replaced_hashes')
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    /** Why it could not be taken. */
    message: text('message'),
    messageSaid: jsonb('message_said').$type<readonly Said[]>(),
  },
  (table) => [
    primaryKey({ columns: [table.sourceId, table.key] }),
    index('source_object_state_idx').on(table.sourceId, table.state, table.key),
    index('source_object_content_idx')
      .on(table.contentHash)
      .where(sql`${table.contentHash} is not null`),
    index('source_object_replaced_idx')
      .on(table.sourceId)
      .where(sql`${table.replacedHashes} <> '{}'`),
  ],
);
