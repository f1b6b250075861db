import { sql } from 'drizzle-orm';
import type { Role } from '#core/access.ts';
import type { Db } from '../client.ts';
import { annotation, image, lease, member, memberPause, project, user } from '../schema/index.ts';

export interface TeamMember {
  memberId: string;
  userId: string;
  name: string;
  role: Role;
  decided: number;
  decidedToday: number;
  /** Decisions in the last 15 minutes. */
  recent: number;
  skipped: number;
  undone: number;
  late: number;
  medianMs: number | null;
  held: number;
  assignedOpen: number;
  /** Answers that can be compared with what the others said, and in how many they say the same. */
  compared: number;
  agreed: number;
  goldAnswers: number;
  goldRight: number;
  pausedReason: string | null;
}

/** Every member of the project's organization and what they did in the project. One pass over the project's annotations. */
export async function listTeam(db: Db, params: { projectId: string; memberId?: string }): Promise<TeamMember[]> {
  const only = params.memberId ? sql`and a.member_id = ${params.memberId}` : sql``;
  const { rows } = await db.execute<TeamMember & Record<string, unknown>>(sql`
    with said as (
      select a.member_id, a.kind, a.class_id, a.late, a.duration_ms, a.created_at, a.source, i.consensus_class_id, i.judgment_count, i.gold_class_id,
        exists (select 1 from ${annotation} u where u.undoes_id = a.id) as undone
      from ${annotation} a join ${image} i on i.id = a.image_id
      where a.project_id = ${params.projectId} and a.kind <> 'undo' and a.source not in ('import', 'adjudicate') ${only}
    ),
    tally as (
      select member_id,
        count(*) filter (where kind = 'decide' and not undone) as decided,
        count(*) filter (where kind = 'decide' and not undone and created_at > now() - interval '24 hours') as today,
        count(*) filter (where kind = 'decide' and not undone and created_at > now() - interval '15 minutes') as recent,
        count(*) filter (where kind = 'skip' and not undone) as skipped,
        count(*) filter (where undone) as undone,
        count(*) filter (where late) as late,
        percentile_cont(0.5) within group (order by duration_ms) filter (where not undone) as median_ms,
        count(*) filter (where kind = 'decide' and not undone and judgment_count > 1 and consensus_class_id is not null) as compared,
        count(*) filter (where kind = 'decide' and not undone and judgment_count > 1 and consensus_class_id = class_id) as agreed,
        count(*) filter (where kind = 'decide' and not undone and gold_class_id is not null) as gold,
        count(*) filter (where kind = 'decide' and not undone and gold_class_id = class_id) as gold_right
      from said group by member_id
    ),
    holding as (select member_id, count(*) as n from ${lease} where project_id = ${params.projectId} and expires_at > now() group by member_id),
    assigned as (
      select assigned_to as member_id, count(*) as n from ${image} where project_id = ${params.projectId} and assigned_to is not null
        and need > -(select overlap from ${project} where id = ${params.projectId}) group by assigned_to
    )
    select m.id as "memberId", m.user_id as "userId", u.name, m.role,
      coalesce(t.decided, 0)::int as decided, coalesce(t.today, 0)::int as "decidedToday", coalesce(t.recent, 0)::int as recent,
      coalesce(t.skipped, 0)::int as skipped, coalesce(t.undone, 0)::int as undone, coalesce(t.late, 0)::int as late, t.median_ms as "medianMs",
      coalesce(h.n, 0)::int as held, coalesce(s.n, 0)::int as "assignedOpen",
      coalesce(t.compared, 0)::int as compared, coalesce(t.agreed, 0)::int as agreed,
      coalesce(t.gold, 0)::int as "goldAnswers", coalesce(t.gold_right, 0)::int as "goldRight", p.reason as "pausedReason"
    from ${project} pr
    join ${member} m on m.organization_id = pr.organization_id and (m.removed_at is null or m.id in (select member_id from tally))
    join ${user} u on u.id = m.user_id
    left join tally t on t.member_id = m.id
    left join holding h on h.member_id = m.id
    left join assigned s on s.member_id = m.id
    left join ${memberPause} p on p.member_id = m.id and p.project_id = pr.id
    where pr.id = ${params.projectId} ${params.memberId ? sql`and m.id = ${params.memberId}` : sql`and (m.removed_at is null or t.decided > 0)`}
    order by coalesce(t.today, 0) desc, coalesce(t.decided, 0) desc, u.name`);
  return rows;
}

export interface Recent {
  memberId: string;
  /** Standing answers that can be compared with what the others said, and in how many they say the same. */
  compared: number;
  agreed: number;
  medianMs: number | null;
}

/**
 * What the newest annotations of each member in the project say of how they work; of one member only when asked. Members without any are left out.
 * Each annotation's image and undo are looked up one by one: joined, the planner would rather read the whole project.
 */
export async function listRecent(db: Db, params: { projectId: string; memberId?: string; annotations: number }): Promise<Recent[]> {
  const { rows } = await db.execute<Recent & Record<string, unknown>>(sql`
    select m.id as "memberId",
      count(*) filter (where kind = 'decide' and judgment_count > 1 and consensus_class_id is not null)::int as compared,
      count(*) filter (where kind = 'decide' and judgment_count > 1 and consensus_class_id = class_id)::int as agreed,
      percentile_cont(0.5) within group (order by duration_ms) as "medianMs"
    from ${member} m
    cross join lateral (
      select id, image_id, kind, source, class_id, duration_ms from ${annotation}
      where project_id = ${params.projectId} and member_id = m.id order by seq desc limit ${params.annotations}
    ) a
    cross join lateral (
      select consensus_class_id, judgment_count, (select count(*) from ${annotation} u where u.undoes_id = a.id) as undone
      from ${image} where id = a.image_id limit 1
    ) i
    where m.organization_id = (select organization_id from ${project} where id = ${params.projectId}) ${params.memberId ? sql`and m.id = ${params.memberId}` : sql``}
      and kind <> 'undo' and source not in ('import', 'adjudicate') and undone = 0
    group by m.id`);
  return rows;
}

/** Standing answers on the newest images that several people judged: what agreement is computed from. */
export async function listSharedAnswers(db: Db, params: { projectId: string; images: number }): Promise<{ imageId: string; memberId: string; classId: string }[]> {
  const { rows } = await db.execute<{ imageId: string; memberId: string; classId: string }>(sql`
    with shared as (
      select i.id from ${image} i where i.project_id = ${params.projectId} and i.judgment_count >= 2
        and i.consensus_state in ('partial', 'agreed', 'disputed', 'adjudicated')
      order by i.id limit ${params.images}
    )
    select distinct on (a.image_id, a.member_id) a.image_id as "imageId", a.member_id as "memberId", a.class_id as "classId"
    from ${annotation} a join shared on shared.id = a.image_id
    where a.kind = 'decide' and a.source not in ('adjudicate') and not exists (select 1 from ${annotation} u where u.undoes_id = a.id)
    order by a.image_id, a.member_id, a.seq desc`);
  return rows;
}
