import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
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
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Said } from '#core/text/said.ts';
import type { Translations } from '#core/text/translations.ts';
import type { ConsensusState } from '#core/labeling/labeling.ts';
import type { ProjectSettings, Split } from '#core/project/project.ts';
import { invitation, member, organization } from './people.ts';

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

export const project = pgTable(
  'project',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => organization.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Markdown, shown sanitised beside the image. */
    guidelines: text('guidelines').notNull().default(''),
    guidelinesIn: jsonb('guidelines_in')
      .$type<Translations>()
      .notNull()
      .default(sql`'{}'::jsonb`),
    /**
     * A deleted project is there for nobody; the row goes last, when all that hangs on it has gone
     * (db/queries/project/project-removal.ts).
     */
    status: text('status').$type<'active' | 'paused' | 'archived' | 'deleted'>().notNull().default('active'),
    settings: jsonb('settings').$type<ProjectSettings>().notNull(),
    /** A copy of settings.overlap, so that the claim statement can compare it. One writer: updateProject. */
    overlap: integer('overlap').notNull().default(1),
    /** The highest number that a deleted run had: no other run is called by it. */
    deletedRunNumber: integer('deleted_run_number').notNull().default(0),
    createdBy: uuid('created_by').references(() => member.id),
    createdAt: createdAt(),
  },
  (table) => [
    index('project_organization_idx').on(table.organizationId),
    check('project_overlap_check', sql`${table.overlap} between 1 and 9`),
  ],
);

/** The projects that a member with chosen ones sees. */
export const projectMember = pgTable(
  'project_member',
  {
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id, { onDelete: 'cascade' }),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.memberId, table.projectId] }),
    index('project_member_project_idx').on(table.projectId),
  ],
);

/** The projects that an invitation to chosen ones lets in to. */
export const invitationProject = pgTable(
  'invitation_project',
  {
    invitationId: uuid('invitation_id')
      .notNull()
      .references(() => invitation.id, { onDelete: 'cascade' }),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.invitationId, table.projectId] }),
    index('invitation_project_project_idx').on(table.projectId),
  ],
);

export const projectClass = pgTable(
  'class',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    colour: text('colour').notNull(),
    hotkey: text('hotkey'),
    position: integer('position').notNull(),
    /** What it means, shown beside the image. */
    description: text('description').notNull().default(''),
    descriptionIn: jsonb('description_in')
      .$type<Translations>()
      .notNull()
      .default(sql`'{}'::jsonb`),
    /** A few images that show it; those that are not there any more are passed over. */
    exampleIds: jsonb('example_ids')
      .$type<string[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    /**
     * The class that it was merged into: what was said of this one counts for that, its name is another name of that,
     * and nobody sees it. One writer: db/queries/project/merge-class.ts.
     */
    mergedIntoId: uuid('merged_into_id').references((): AnyPgColumn => projectClass.id),
    /** What the merge took from it, for the undo. */
    mergedBefore: jsonb('merged_before').$type<{
      hotkey: string | null;
      goldImageIds: string[];
      aliasIds: string[];
    }>(),
    createdAt: createdAt(),
  },
  (table) => [
    index('class_merged_idx')
      .on(table.projectId, table.mergedIntoId)
      .where(sql`${table.mergedIntoId} is not null`),
    uniqueIndex('class_project_name_unique').on(table.projectId, table.name),
    uniqueIndex('class_project_hotkey_unique').on(table.projectId, table.hotkey),
  ],
);

export const image = pgTable(
  'image',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    importId: uuid('import_id'),
    /**
     * SHA-256 of the decoded pixels: duplicates are found by content. Blob keys derive from it (core/image/media.ts).
     */
    contentHash: text('content_hash').notNull(),
    fileName: text('file_name').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    channels: integer('channels').notNull(),
    bytes: integer('bytes').notNull(),
    /** The uploaded file as it came, where the project keeps it; one writer: db/queries/image/original.ts. */
    originalSha256: text('original_sha256'),
    originalBytes: integer('original_bytes'),
    /** `out` for one that was put aside (IMAGE-19): whatever names a split passes it over. */
    split: text('split').$type<Split>().notNull().default('pool'),
    /** A random draw at import; the order in which people meet images unless the model says better. */
    shuffle: real('shuffle')
      .notNull()
      .default(sql`random()`),
    /** Higher comes first in the label queue. */
    priority: real('priority').notNull().default(0),
    /** Live leases; one writer: db/queries/labeling/lease.ts. */
    leaseCount: integer('lease_count').notNull().default(0),
    /** Members with a live decision; one writer: refreshConsensus in db/queries/labeling/consensus.ts. */
    answerCount: integer('judgment_count').notNull().default(0),
    /** Annotators asked beyond the project's overlap, after disagreement. Same writer. */
    extraWanted: integer('extra_wanted').notNull().default(0),
    /**
     * Grows with what is missing: an image is open while need > -overlap. Generated, so that the claim is one index
     * range. What a lead decided is settled, whatever the overlap; what was put aside nobody is asked about.
     */
    need: integer('need')
      .generatedAlwaysAs(
        sql`case when split = 'out' or consensus_state = 'adjudicated' then -100
          else extra_wanted - judgment_count - lease_count end`,
      )
      .notNull(),
    /** The resolved human answer, a set of classes; null while there is none. Same writer. */
    consensusState: text('consensus_state').$type<ConsensusState>().notNull().default('none'),
    consensusClassIds: uuid('consensus_class_ids').array(),
    /** The class of a set of one. */
    consensusClassId: uuid('consensus_class_id')
      .generatedAlwaysAs(sql`case when cardinality(consensus_class_ids) = 1 then consensus_class_ids[1] end`)
      .references(() => projectClass.id),
    flagged: boolean('flagged').notNull().default(false),
    /** Gold items have an answer known beforehand. */
    goldClassId: uuid('gold_class_id').references(() => projectClass.id),
    assignedTo: uuid('assigned_to').references(() => member.id),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('image_project_content_unique').on(table.projectId, table.contentHash),
    index('image_claim_idx')
      .on(table.projectId, table.need.desc(), table.priority.desc(), table.shuffle, table.id)
      .where(sql`${table.assignedTo} is null`),
    index('image_assigned_idx')
      .on(table.projectId, table.assignedTo, table.need.desc(), table.priority.desc(), table.shuffle, table.id)
      .where(sql`${table.assignedTo} is not null`),
    index('image_gallery_idx').on(table.projectId, table.id),
    index('image_import_idx')
      .on(table.projectId, table.importId, table.id)
      .where(sql`${table.importId} is not null`),
    index('image_base_name_idx').on(table.projectId, sql`regexp_replace(${table.fileName}, '^.*/', '')`),
    index('image_split_idx').on(table.projectId, table.split, table.id),
    index('image_consensus_idx').on(table.projectId, table.consensusClassId, table.split, table.id),
    index('image_state_idx').on(table.projectId, table.consensusState, table.id),
    index('image_flagged_idx')
      .on(table.projectId, table.id)
      .where(sql`${table.flagged}`),
    index('image_gold_idx')
      .on(table.projectId, table.id)
      .where(sql`${table.goldClassId} is not null`),
    check('image_counts_check', sql`${table.leaseCount} >= 0 and ${table.answerCount} >= 0`),
  ],
);

/** One import of many files, with its live counts and its errors. */
/** What is told of a file: in English, and by key where it has one. */
export interface FileLine {
  file: string;
  message: string;
  said?: Said | null;
}

export const imageImport = pgTable(
  'image_import',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    createdBy: uuid('created_by').references(() => member.id),
    name: text('name').notNull(),
    /** Sent by a browser or program, or taken by the server from a bucket, a source or another project's snapshot. */
    source: text('source').$type<'upload' | 'bucket' | 'snapshot' | 'source'>().notNull().default('upload'),
    status: text('status').$type<'running' | 'ended' | 'failed'>().notNull().default('running'),
    total: integer('total'),
    imported: integer('imported').notNull().default(0),
    duplicates: integer('duplicates').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    labeled: integer('labeled').notNull().default(0),
    /** What `imported` and `labeled` are made of: new images by split, labels by class id. Same writer: bumpImport. */
    newBySplit: jsonb('new_by_split')
      .$type<Partial<Record<Split, number>>>()
      .notNull()
      .default(sql`'{}'::jsonb`),
    labeledByClass: jsonb('labeled_by_class')
      .$type<Record<string, number>>()
      .notNull()
      .default(sql`'{}'::jsonb`),
    bytes: bigint('bytes', { mode: 'number' }).notNull().default(0),
    /** The first 200 files that could not be taken, each with its reason. */
    errors: jsonb('errors')
      .$type<FileLine[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    /** What is to be said of files that were taken, such as which frame; the first 200, and how many in all. */
    notes: jsonb('notes')
      .$type<FileLine[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    noted: integer('noted').notNull().default(0),
    createdAt: createdAt(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    /** When somebody last worked on it; a running import that has been still for long is given up. */
    beatAt: timestamp('beat_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('image_import_project_idx').on(table.projectId, table.createdAt.desc()),
    index('image_import_running_idx')
      .on(table.beatAt)
      .where(sql`${table.status} = 'running'`),
  ],
);

/**
 * Blobs below a prefix whose rows are gone; a sweep deletes them, and once more at `due_at` what was still being
 * written.
 */
export const blobRemoval = pgTable('blob_removal', {
  prefix: text('prefix').primaryKey(),
  dueAt: timestamp('due_at', { withTimezone: true })
    .notNull()
    .default(sql`now() + interval '1 hour'`),
  sweptAt: timestamp('swept_at', { withTimezone: true }),
});

export const snapshot = pgTable(
  'snapshot',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** Why it was taken, for whoever looks at it later. */
    note: text('note').notNull().default(''),
    createdBy: uuid('created_by').references(() => member.id),
    count: integer('count').notNull().default(0),
    createdAt: createdAt(),
  },
  (table) => [index('snapshot_project_idx').on(table.projectId, table.createdAt.desc())],
);

export const snapshotItem = pgTable(
  'snapshot_item',
  {
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshot.id, { onDelete: 'cascade' }),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    classId: uuid('class_id')
      .notNull()
      .references(() => projectClass.id),
    split: text('split').$type<Split>().notNull(),
  },
  (table) => [
    uniqueIndex('snapshot_item_unique').on(table.snapshotId, table.imageId),
    index('snapshot_item_image_idx').on(table.imageId),
  ],
);
