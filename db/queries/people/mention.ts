import { and, count, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../../client.ts';
import { comment, image, member, mention, project, user } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

/** Whose mentions: a person's in all their organizations, or, where `memberId` is given (an API token), in that one. */
export interface Mentioned {
  userId: string;
  memberId: string | null;
}

/** Stores whom a comment names; call it in the transaction that adds the comment, so that both carry one time. */
export async function insertMentions(db: Db, commentId: string, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length > 0) await db.insert(mention).values(memberIds.map((memberId) => ({ commentId, memberId })));
}

const author = alias(member, 'author');

/** MENTION-2, the one place: of live memberships, in projects that are not deleted. */
const own = (who: Mentioned): SQL | undefined =>
  and(
    eq(member.userId, who.userId),
    isNull(member.removedAt),
    who.memberId ? eq(member.id, who.memberId) : undefined,
    ne(project.status, 'deleted'),
    seesProject(),
  );

/** A person's mentions, newest first, after the comment `before`. */
export const listMentions = (db: Db, who: Mentioned, params: { before?: string | undefined; limit: number }) =>
  db
    .select({
      commentId: comment.id,
      body: comment.body,
      createdAt: mention.createdAt,
      readAt: mention.readAt,
      memberId: comment.memberId,
      name: user.name,
      imageId: comment.imageId,
      fileName: image.fileName,
      projectId: project.id,
      projectName: project.name,
    })
    .from(mention)
    .innerJoin(comment, eq(comment.id, mention.commentId))
    .innerJoin(project, eq(project.id, comment.projectId))
    .innerJoin(member, and(eq(member.id, mention.memberId), eq(member.organizationId, project.organizationId)))
    .innerJoin(image, eq(image.id, comment.imageId))
    .innerJoin(author, eq(author.id, comment.memberId))
    .innerJoin(user, eq(user.id, author.userId))
    .where(
      and(
        own(who),
        params.before
          ? sql`(${mention.createdAt}, ${mention.commentId}) < (select b.created_at, b.id from ${comment} b
            where b.id = ${params.before})`
          : undefined,
      ),
    )
    .orderBy(desc(mention.createdAt), desc(mention.commentId))
    .limit(params.limit);

/** How many mentions the person has not opened; none where they do not want to be told. */
export async function countUnreadMentions(db: Db, who: Mentioned): Promise<number> {
  const [row] = await db
    .select({ unread: count() })
    .from(mention)
    .innerJoin(comment, eq(comment.id, mention.commentId))
    .innerJoin(project, eq(project.id, comment.projectId))
    .innerJoin(member, and(eq(member.id, mention.memberId), eq(member.organizationId, project.organizationId)))
    .where(
      and(
        own(who),
        isNull(mention.readAt),
        sql`not exists (select 1 from notification_mute x where x.user_id = ${who.userId} and x.kind = 'mention')`,
      ),
    );
  return row?.unread ?? 0;
}

/** Marks as read: one mention, or with `andOlder` it and all before it, so that what arrives meanwhile stays unread. */
export async function readMentions(
  db: Db,
  who: Mentioned,
  params: { commentId: string; andOlder: boolean },
): Promise<void> {
  const which = params.andOlder
    ? sql`(${mention.createdAt}, ${mention.commentId}) <= (select b.created_at, b.id from ${comment} b
      where b.id = ${params.commentId})`
    : eq(mention.commentId, params.commentId);
  await db
    .update(mention)
    .set({ readAt: sql`now()` })
    .from(member)
    .where(
      and(
        eq(member.id, mention.memberId),
        eq(member.userId, who.userId),
        isNull(member.removedAt),
        who.memberId ? eq(member.id, who.memberId) : undefined,
        isNull(mention.readAt),
        which,
      ),
    );
}
