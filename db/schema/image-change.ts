import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { AsideKind, ImageChange, Place } from '#core/image/change.ts';
import type { Split } from '#core/project/project.ts';
import { member } from './people.ts';
import { image, project } from './project.ts';

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();
const projectId = () =>
  uuid('project_id')
    .notNull()
    .references(() => project.id, { onDelete: 'cascade' });
const imageId = () =>
  uuid('image_id')
    .notNull()
    .references(() => image.id, { onDelete: 'cascade' });

/** An image in no split, why, and where it was. One writer: db/queries/image/change.ts. */
export const imageAside = pgTable(
  'image_aside',
  {
    imageId: imageId().primaryKey(),
    projectId: projectId(),
    kind: text('kind').$type<AsideKind>().notNull(),
    reason: text('reason').notNull().default(''),
    split: text('split').$type<Split>().notNull(),
    memberId: uuid('member_id').references(() => member.id),
    createdAt: createdAt(),
  },
  (table) => [
    index('image_aside_project_idx').on(table.projectId, table.kind, table.imageId),
    index('image_aside_deleted_idx')
      .on(table.createdAt)
      .where(sql`${table.kind} = 'deleted'`),
  ],
);

export const imageTag = pgTable(
  'image_tag',
  { imageId: imageId(), projectId: projectId(), tag: text('tag').notNull() },
  (table) => [
    primaryKey({ columns: [table.imageId, table.tag] }),
    index('image_tag_project_idx').on(table.projectId, table.tag, table.imageId),
  ],
);

/** What stands of an image before a stroke changed it, so that the stroke can be taken back. */
export interface ImageBefore {
  place: Place;
  aside: { kind: AsideKind; reason: string; split: Split } | null;
}

/** What one stroke did to one image; kept as long as a deleted image is. */
export const imageChange = pgTable(
  'image_change',
  {
    strokeId: uuid('stroke_id').notNull(),
    imageId: imageId(),
    projectId: projectId(),
    change: jsonb('change').$type<ImageChange>().notNull(),
    before: jsonb('before').$type<ImageBefore>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.strokeId, table.imageId] }),
    index('image_change_image_idx').on(table.imageId),
    index('image_change_age_idx').on(table.createdAt),
  ],
);
