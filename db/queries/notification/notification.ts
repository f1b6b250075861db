import { and, count, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { rolesToTell } from '#core/people/notification.ts';
import type { NotificationKind, ToTell } from '#core/people/notification.ts';
import type { Db } from '../../client.ts';
import { member, notification, notificationMute, project, run } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';
import { execute, text } from '../../execute.ts';

/** Whose: a person's in all their organizations, or, where `memberId` is given (an API token), in that one. */
export interface Told {
  userId: string;
  memberId: string | null;
}

/**
 * Tells those whom it concerns, but for who has switched the kind off or was told the same within `quietSeconds`.
 * @returns the users who were told
 */
export async function insertNotifications(db: Db, { kind, projectId, runId, quietSeconds }: ToTell): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    with told as (
      insert into ${notification} (member_id, project_id, kind, run_id)
      select m.id, p.id, ${kind}, ${runId}::uuid
      from ${project} p join ${member} m on m.organization_id = p.organization_id
      where p.id = ${projectId} and p.status <> 'deleted' and m.removed_at is null
        and m.role = any(${sql.param([...rolesToTell(kind)])}::text[]) and ${seesProject(sql`m`, sql`p.id`)}
        and not exists (select 1 from ${notificationMute} x where x.user_id = m.user_id and x.kind = ${kind})
        and not exists (
          select 1 from ${notification} n where n.member_id = m.id and n.project_id = p.id and n.kind = ${kind}
            and n.run_id is not distinct from ${runId}::uuid
            and n.created_at > now() - make_interval(secs => ${quietSeconds}))
      on conflict do nothing returning member_id
    )
    select m.user_id as "userId" from told join ${member} m on m.id = told.member_id`,
    { userId: text },
  );
  return rows.map(({ userId }) => userId);
}

/** MEMBER-10, the one place: of live memberships, in projects that the person sees. */
const own = (who: Told): SQL | undefined =>
  and(
    eq(member.userId, who.userId),
    isNull(member.removedAt),
    who.memberId ? eq(member.id, who.memberId) : undefined,
    ne(project.status, 'deleted'),
    seesProject(),
  );

/** A person's newest notifications. */
export const listNotifications = (db: Db, who: Told, limit: number) =>
  db
    .select({
      id: notification.id,
      kind: notification.kind,
      createdAt: notification.createdAt,
      readAt: notification.readAt,
      projectId: project.id,
      projectName: project.name,
      runId: run.id,
      runNumber: run.number,
      runName: run.name,
    })
    .from(notification)
    .innerJoin(member, eq(member.id, notification.memberId))
    .innerJoin(project, eq(project.id, notification.projectId))
    .leftJoin(run, eq(run.id, notification.runId))
    .where(own(who))
    .orderBy(desc(notification.createdAt), desc(notification.id))
    .limit(limit);

export async function countUnreadNotifications(db: Db, who: Told): Promise<number> {
  const [row] = await db
    .select({ unread: count() })
    .from(notification)
    .innerJoin(member, eq(member.id, notification.memberId))
    .innerJoin(project, eq(project.id, notification.projectId))
    .where(and(own(who), isNull(notification.readAt)));
  return row?.unread ?? 0;
}

/** Marks as read what a person was told: of a run, of what waits in a project, or, without either, all so far. */
export async function readNotifications(
  db: Db,
  who: Told,
  where: { projectId?: string | undefined; runId?: string | undefined },
): Promise<void> {
  await db
    .update(notification)
    .set({ readAt: sql`now()` })
    .from(member)
    .where(
      and(
        eq(member.id, notification.memberId),
        eq(member.userId, who.userId),
        who.memberId ? eq(member.id, who.memberId) : undefined,
        isNull(notification.readAt),
        where.projectId ? eq(notification.projectId, where.projectId) : undefined,
        where.runId ? eq(notification.runId, where.runId) : undefined,
        where.projectId && !where.runId ? isNull(notification.runId) : undefined,
      ),
    );
}

export const listMuted = async (db: Db, userId: string): Promise<NotificationKind[]> =>
  (
    await db.select({ kind: notificationMute.kind }).from(notificationMute).where(eq(notificationMute.userId, userId))
  ).map(({ kind }) => kind);

export async function setMuted(
  db: Db,
  { userId, kind, muted }: { userId: string; kind: NotificationKind; muted: boolean },
): Promise<void> {
  if (muted) await db.insert(notificationMute).values({ userId, kind }).onConflictDoNothing();
  else
    await db.delete(notificationMute).where(and(eq(notificationMute.userId, userId), eq(notificationMute.kind, kind)));
}
