import { sql } from 'drizzle-orm';
import { ROLES } from '#core/people/access.ts';
import type { Role } from '#core/people/access.ts';
import type { Said } from '#core/text/said.ts';
import { saidAs } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import { annotation, image, lease, member, memberPause, project, user } from '../../schema/index.ts';
import { standingClass, standingSet } from '../project/merge-class.ts';
import { seesProject } from '../../schema/sees-project.ts';
import { execute, list, nullable, number, oneOf, stored, text, truth } from '../../execute.ts';

export interface TeamMember {
  memberId: string;
  userId: string;
  name: string;
  role: Role;
  removed: boolean;
  held: number;
  assignedOpen: number;
  pausedReason: string | null;
  pausedSaid: readonly Said[] | null;
}

/**
 * Every member that the project's organization has or had, and what they hold in the project just now. `removed`: left
 * the organization, or does not see the project.
 */
export async function listTeam(db: Db, params: { projectId: string }): Promise<TeamMember[]> {
  const rows = await execute(
    db,
    sql`
    with holding as (select member_id, count(*) as n from ${lease} where project_id = ${params.projectId}
      and expires_at > now() group by member_id),
    assigned as (
      select assigned_to as member_id, count(*) as n from ${image} where project_id = ${params.projectId}
        and assigned_to is not null
        and need > -(select overlap from ${project} where id = ${params.projectId}) group by assigned_to
    )
    select m.id as "memberId", m.user_id as "userId", u.name, m.role,
      (m.removed_at is not null or not ${seesProject(sql`m`, sql`pr.id`)}) as removed,
      coalesce(h.n, 0)::int as held, coalesce(s.n, 0)::int as "assignedOpen", p.reason as "pausedReason",
      p.said as "pausedSaid"
    from ${project} pr
    join ${member} m on m.organization_id = pr.organization_id
    join ${user} u on u.id = m.user_id
    left join holding h on h.member_id = m.id
    left join assigned s on s.member_id = m.id
    left join ${memberPause} p on p.member_id = m.id and p.project_id = pr.id
    where pr.id = ${params.projectId} order by u.name`,
    {
      memberId: text,
      userId: text,
      name: text,
      role: oneOf(...ROLES),
      removed: truth,
      held: number,
      assignedOpen: number,
      pausedReason: nullable(text),
      pausedSaid: nullable(list(stored<Said>())),
    },
  );
  return rows.map((row) => ({ ...row, pausedSaid: saidAs(row.pausedReason, row.pausedSaid) }));
}

export interface Tally {
  memberId: string;
  decided: number;
  decidedToday: number;
  /** Decisions in the last 15 minutes. */
  recent: number;
  skipped: number;
  undone: number;
  late: number;
  goldAnswers: number;
  goldRight: number;
}

/**
 * What each member did in the project; who did nothing is left out. One pass over the project's annotations: ask
 * seldom.
 */
export async function tallyTeam(db: Db, params: { projectId: string }): Promise<Tally[]> {
  const rows = await execute(
    db,
    sql`
    with gold as (
      select a.member_id, count(*) as answers, count(*) filter
        (where ${standingClass(sql`a.class_id`)} = g.gold_class_id) as right
      from ${image} g join ${annotation} a on a.image_id = g.id
      where g.project_id = ${params.projectId} and g.gold_class_id is not null and a.kind = 'decide'
        and a.source not in ('import', 'adjudicate')
        and not exists (select 1 from ${annotation} u where u.undoes_id = a.id)
      group by a.member_id
    ),
    tally as (
      select a.member_id,
        count(*) filter (where a.kind = 'decide' and u.id is null) as decided,
        count(*) filter (where a.kind = 'decide' and u.id is null and a.created_at > now() - interval '24 hours') as
          today,
        count(*) filter (where a.kind = 'decide' and u.id is null and a.created_at > now() - interval '15 minutes') as
          recent,
        count(*) filter (where a.kind = 'skip' and u.id is null) as skipped,
        count(u.id) as undone,
        count(*) filter (where a.late) as late
      from ${annotation} a left join ${annotation} u on u.undoes_id = a.id
      where a.project_id = ${params.projectId} and a.kind <> 'undo' and a.source not in ('import', 'adjudicate')
        group by a.member_id
    )
    select t.member_id as "memberId", t.decided::int, t.today::int as "decidedToday", t.recent::int, t.skipped::int,
      t.undone::int, t.late::int,
      coalesce(g.answers, 0)::int as "goldAnswers", coalesce(g.right, 0)::int as "goldRight"
    from tally t left join gold g on g.member_id = t.member_id`,
    {
      memberId: text,
      decided: number,
      decidedToday: number,
      recent: number,
      skipped: number,
      undone: number,
      late: number,
      goldAnswers: number,
      goldRight: number,
    },
  );
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
 * What the newest annotations of each member in the project say of how they work; of one member only when asked.
 * Members without any are left out. Each annotation's image and undo are looked up one by one: joined, the planner
 * would rather read the whole project.
 */
export async function listRecent(
  db: Db,
  params: { projectId: string; memberId?: string; annotations: number },
): Promise<Recent[]> {
  const rows = await execute(
    db,
    sql`
    select m.id as "memberId",
      count(*) filter (where kind = 'decide' and judgment_count > 1 and consensus_class_ids is not null)::int as
        compared,
      count(*) filter (where kind = 'decide' and judgment_count > 1 and
        consensus_class_ids = ${standingSet(sql`class_ids`)})::int as agreed,
      percentile_cont(0.5) within group (order by duration_ms) as "medianMs"
    from ${member} m
    cross join lateral (
      select id, image_id, kind, source, class_ids, duration_ms from ${annotation}
      where project_id = ${params.projectId} and member_id = m.id order by seq desc limit ${params.annotations}
    ) a
    cross join lateral (
      select consensus_class_ids, judgment_count, (select count(*) from ${annotation} u
        where u.undoes_id = a.id) as undone
      from ${image} where id = a.image_id limit 1
    ) i
    where m.organization_id = (select organization_id from ${project} where id = ${params.projectId})
      ${params.memberId ? sql`and m.id = ${params.memberId}` : sql``}
      and kind <> 'undo' and source not in ('import', 'adjudicate') and undone = 0
    group by m.id`,
    { memberId: text, compared: number, agreed: number, medianMs: nullable(number) },
  );
  return rows;
}

/**
 * Standing answers on the newest images that several people answered, looked for among each member's newest
 * annotations: what agreement is computed from.
 */
export async function listSharedAnswers(
  db: Db,
  params: { projectId: string; annotations: number; images: number },
): Promise<{ imageId: string; memberId: string; classIds: string[] }[]> {
  const rows = await execute(
    db,
    sql`
    with met as materialized (
      select a.image_id, max(a.seq) as seq from ${member} m
      cross join lateral (
        select image_id, seq, kind from ${annotation} where project_id = ${params.projectId} and member_id = m.id
          order by seq desc limit ${params.annotations}
      ) a
      where m.organization_id = (select organization_id from ${project} where id = ${params.projectId})
        and a.kind = 'decide'
      group by a.image_id
    ),
    shared as materialized (
      select met.image_id from met cross join lateral (select judgment_count from ${image} where id = met.image_id
        limit 1) i
      where i.judgment_count >= 2 order by met.seq desc limit ${params.images}
    )
    select distinct on (a.image_id, a.member_id) a.image_id as "imageId", a.member_id as "memberId",
      ${standingSet(sql`a.class_ids`)} as "classIds"
    from shared cross join lateral (
      select id, image_id, member_id, class_ids, seq from ${annotation}
      where image_id = shared.image_id and kind = 'decide' and source <> 'adjudicate' order by seq desc
        limit ${params.annotations}
    ) a
    where (select count(*) from ${annotation} u where u.undoes_id = a.id) = 0
    order by a.image_id, a.member_id, a.seq desc`,
    { imageId: text, memberId: text, classIds: list(text) },
  );
  return rows;
}
