import { sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { annotation, image, project } from '../schema/index.ts';

/** How far a project is: images by split, done by people, and what this member did today. */
export async function countProgress(db: Db, params: { projectId: string; memberId: string }) {
  const [images, mine] = await Promise.all([
    db.execute(sql`
      select i.split, count(*)::int as total,
        count(*) filter (where i.judgment_count >= p.overlap + i.extra_wanted or i.consensus_state = 'adjudicated')::int as done,
        count(i.consensus_class_id)::int as labeled,
        count(*) filter (where i.consensus_state = 'disputed')::int as disputed
      from ${image} i join ${project} p on p.id = i.project_id
      where i.project_id = ${params.projectId} group by i.split`),
    db.execute(sql`
      select count(*)::int as n from ${annotation} a
      where a.project_id = ${params.projectId} and a.member_id = ${params.memberId} and a.kind = 'decide' and a.created_at > now() - interval '24 hours'
        and a.source <> 'import' and not exists (select 1 from ${annotation} u where u.undoes_id = a.id)`),
  ]);
  const bySplit = images.rows as unknown as { split: string; total: number; done: number; labeled: number; disputed: number }[];
  const sum = (key: 'total' | 'done' | 'labeled' | 'disputed'): number => bySplit.reduce((total, row) => total + row[key], 0);
  return {
    total: sum('total'), done: sum('done'), labeled: sum('labeled'), disputed: sum('disputed'), bySplit,
    mineToday: (mine.rows[0]?.n as number | undefined) ?? 0,
  };
}
