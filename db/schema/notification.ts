import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { NotificationKind, ProjectNotificationKind } from '#core/people/notification.ts';
import { member, user } from './people.ts';
import { project } from './project.ts';
import { run } from './run.ts';

/** A word to one member about a project; a mention has a table of its own, beside the comment that it stands in. */
export const notification = pgTable(
  'notification',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    memberId: uuid('member_id')
      .notNull()
      .references(() => member.id, { onDelete: 'cascade' }),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<ProjectNotificationKind>().notNull(),
    runId: uuid('run_id').references(() => run.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    readAt: timestamp('read_at', { withTimezone: true }),
  },
  (table) => [
    index('notification_member_idx').on(table.memberId, table.createdAt, table.id),
    index('notification_project_idx').on(table.projectId),
    index('notification_run_idx').on(table.runId),
    // One word that review waits stands for all that come before it is read.
    uniqueIndex('notification_review_unread_unique')
      .on(table.memberId, table.projectId)
      .where(sql`${table.kind} = 'review:waiting' and ${table.readAt} is null`),
  ],
);

/** A kind of word that a person does not want. */
export const notificationMute = pgTable(
  'notification_mute',
  {
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<NotificationKind>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.kind] })],
);
