import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { comment, member, user } from '../../schema/index.ts';

/** Adds a comment; its id is made by the client, so sending it twice adds one. */
export async function insertComment(db: Db, row: typeof comment.$inferInsert): Promise<boolean> {
  const rows = await db.insert(comment).values(row).onConflictDoNothing().returning({ id: comment.id });
  return rows.length > 0;
}

const shape = {
  id: comment.id,
  imageId: comment.imageId,
  body: comment.body,
  createdAt: comment.createdAt,
  memberId: comment.memberId,
  name: user.name,
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
