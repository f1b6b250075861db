import { and, count, eq, inArray, lt, sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { annotation, image, project, projectCounter } from '../../schema/index.ts';
import { execute, number, oneOf } from '../../execute.ts';

export interface SplitProgress {
  split: Split;
  total: number;
  /** As many people answered as asked, or a lead did. */
  done: number;
  /** Its answer stands: runs learn from it, or are measured on it. */
  labeled: number;
  disputed: number;
}

/** How far a project is, by split, from its counters. */
export const listSplitProgress = (db: Db, projectId: string): Promise<SplitProgress[]> =>
  execute(
    db,
    sql`
    select c.split, sum(c.images)::int as total,
      coalesce(sum(c.images) filter (where c.judgments >= p.overlap or c.state = 'adjudicated'), 0)::int as done,
      coalesce(sum(c.images) filter (where c.state in ('agreed', 'adjudicated')), 0)::int as labeled,
      coalesce(sum(c.images) filter (where c.state = 'disputed'), 0)::int as disputed
    from ${projectCounter} c join ${project} p on p.id = c.project_id
    where c.project_id = ${projectId} group by c.split having sum(c.images) > 0`,
    { split: oneOf(...SPLITS), total: number, done: number, labeled: number, disputed: number },
  );

/**
 * How far a project is, by split, from its counters; and what this member did in the last 24 hours, each of which is
 * asked for its undo: an anti-join would rather read every undo there is.
 */
export async function countProgress(db: Db, params: { projectId: string; memberId: string }) {
  const [bySplit, mine] = await Promise.all([
    listSplitProgress(db, params.projectId),
    execute(
      db,
      sql`
      select count(*)::int as n from ${annotation} a
      where a.project_id = ${params.projectId} and a.member_id = ${params.memberId} and a.kind = 'decide'
        and a.source <> 'import'
        and a.created_at > now() - interval '24 hours' and (select count(*) from ${annotation} u
          where u.undoes_id = a.id) = 0`,
      { n: number },
    ),
  ]);
  const sum = (key: 'total' | 'done' | 'labeled' | 'disputed'): number =>
    bySplit.reduce((total, row) => total + row[key], 0);
  return {
    total: sum('total'),
    done: sum('done'),
    labeled: sum('labeled'),
    disputed: sum('disputed'),
    bySplit,
    mineToday: mine[0]?.n ?? 0,
  };
}

/**
 * By split, the labels that would wait for a further answer if so many people were asked for an image: resolved by
 * fewer than that, and not by a lead.
 */
export async function countUnsettled(
  db: Db,
  params: { projectId: string; overlap: number },
): Promise<Record<Split, number>> {
  const rows = await db
    .select({ split: image.split, n: count() })
    .from(image)
    .where(
      and(
        eq(image.projectId, params.projectId),
        inArray(image.split, SPLITS),
        eq(image.consensusState, 'agreed'),
        lt(image.answerCount, params.overlap),
      ),
    )
    .groupBy(image.split);
  return { pool: 0, validation: 0, test: 0, ...Object.fromEntries(rows.map(({ split, n }) => [split, n])) };
}

/** Folds the differences of each project together. Safe beside writers and beside another fold. */
export async function foldCounters(db: Db): Promise<void> {
  await db.execute(sql`
    with many as (select project_id from ${projectCounter} group by project_id having count(*) > 200),
    gone as (delete from ${projectCounter} where project_id in (select project_id from many) returning *)
    insert into ${projectCounter} (project_id, split, state, resolved, judgments, images)
    select project_id, split, state, resolved, judgments, sum(images) from gone group by 1, 2, 3, 4, 5
      having sum(images) <> 0`);
}
