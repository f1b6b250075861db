import { index, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { SavedView } from '#core/schemas/labeling.ts';
import { member } from './people.ts';
import { project } from './project.ts';

/** What somebody found in the gallery and named, for all who see the project. */
export const galleryView = pgTable(
  'gallery_view',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id),
    name: text('name').notNull(),
    view: jsonb('view').$type<SavedView>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('gallery_view_name_unique').on(table.projectId, table.name),
    index('gallery_view_member_idx').on(table.memberId),
  ],
);
