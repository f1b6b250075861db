import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { comment, image, member, user } from '../schema/index.ts';

/** Adds a comment; its id is made by the client, so sending it twice adds one. */
export async function insertComment(db: Db, row: typeof comment.$inferInsert): Promise<boolean> {
  const rows = await db.insert(comment).values(row).onConflictDoNothing().returning({ id: comment.id });
  return rows.length > 0;
}

const shape = {
  id: comment.id, imageId: comment.imageId, body: comment.body, mentions: comment.mentions, createdAt: comment.createdAt, memberId: comment.memberId, name: user.name,
};

export const listComments = (db: Db, params: { projectId: string; imageId: string }) =>
  db
    .select(shape)
    .from(comment)
    .innerJoin(member, eq(member.id, comment.memberId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(comment.projectId, params.projectId), eq(comment.imageId, params.imageId)))
    .orderBy(asc(comment.createdAt), asc(comment.id))
    .limit(200);

/** Comments of the project that name this member, newest first. */
export const listMentions = (db: Db, params: { projectId: string; memberId: string; limit: number }) =>
  db
    .select({ ...shape, fileName: image.fileName })
    .from(comment)
    .innerJoin(image, eq(image.id, comment.imageId))
    .innerJoin(member, eq(member.id, comment.memberId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(comment.projectId, params.projectId), sql`${comment.mentions} @> ${JSON.stringify([params.memberId])}::jsonb`))
    .orderBy(desc(comment.createdAt))
    .limit(params.limit);
