import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { activity, member, user } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

/** Writes down who did what; call it inside the transaction that does it. */
export async function recordActivity(db: Db, row: typeof activity.$inferInsert): Promise<void> {
  await db.insert(activity).values(row);
}

/**
 * Newest first, after the entry `before`: its id, because times are finer than what travels, and one transaction writes
 * several of one time.
 */
export const listActivity = (
  db: Db,
  params: {
    organizationId: string;
    /** Who asks: what happened in projects that they do not see is left out. */
    seerId?: string;
    projectId?: string;
    memberId?: string;
    action?: string;
    before?: string;
    limit: number;
  },
) =>
  db
    .select({
      id: activity.id,
      action: activity.action,
      subject: activity.subject,
      detail: activity.detail,
      projectId: activity.projectId,
      createdAt: activity.createdAt,
      memberId: activity.memberId,
      memberName: user.name,
    })
    .from(activity)
    .leftJoin(member, eq(member.id, activity.memberId))
    .leftJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(activity.organizationId, params.organizationId),
        params.projectId ? eq(activity.projectId, params.projectId) : undefined,
        params.memberId ? eq(activity.memberId, params.memberId) : undefined,
        params.action ? eq(activity.action, params.action) : undefined,
        params.seerId
          ? sql`(${activity.projectId} is null or exists (select 1 from member m
              where m.id = ${params.seerId} and ${seesProject(sql`m`, activity.projectId)}))`
          : undefined,
        params.before
          ? sql`(${activity.createdAt}, ${activity.id}) < (select b.created_at, b.id from ${activity} b
            where b.id = ${params.before})`
          : undefined,
      ),
    )
    .orderBy(desc(activity.createdAt), desc(activity.id))
    .limit(params.limit);
