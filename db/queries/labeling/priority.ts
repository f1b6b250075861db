import { eq, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { image, prediction, project } from '../../schema/index.ts';
import { findMapRound } from '../round/map-round.ts';

/** Cells a side in which the map's density is counted. */
const CELLS = 32;
const CHUNK = 500;

/**
 * Puts the label queue in the order that the project asks for, by the newest round: what the model is unsure of first,
 * or the most typical first (densest places of the map, one image of each place before the second). Without a round, or
 * at random, the draw of the import decides. Validation and test images keep a random place among the others, so that
 * people meet them in their share. The one writer of image.priority; call it when the setting changes and when a round
 * ends.
 */
export async function orderQueue(db: Db, projectId: string): Promise<void> {
  const [row] = await db.select({ settings: project.settings }).from(project).where(eq(project.id, projectId));
  if (!row) return;
  const { order } = row.settings;
  /**
   * Still asked for? Whoever asks for another order waits for the piece that is being written, and then writes over it.
   */
  const asked = sql`asked as materialized (select 1 from ${project} where id = ${projectId}
    and settings->>'order' = ${order} for share)`;
  const round = order === 'random' ? null : await findMapRound(db, { projectId });
  if (!round) {
    await db.execute(
      sql`with ${asked} update ${image} set priority = 0 where project_id = ${projectId} and priority <> 0
        and exists (select 1 from asked)`,
    );
    return;
  }
  const score =
    order === 'model'
      ? sql`select p.image_id, 1 - percent_rank() over (order by p.confidence) as priority from ${prediction} p
        where p.round_id = ${round.id}`
      : sql`
      select image_id, 1 - percent_rank() over (order by turn, crowd desc) as priority from (
        select image_id, count(*) over (partition by cell_x, cell_y) as crowd, row_number() over (partition by cell_x,
          cell_y order by image_id) as turn from (
          select p.image_id,
            width_bucket(p.map_x, min(p.map_x) over (), max(p.map_x) over () + 1e-6, ${CELLS}) as cell_x,
            width_bucket(p.map_y, min(p.map_y) over (), max(p.map_y) over () + 1e-6, ${CELLS}) as cell_y
          from ${prediction} p where p.round_id = ${round.id} and p.map_x is not null and p.map_y is not null
        ) placed
      ) counted`;
  const { rows } = await db.execute<{ id: string; priority: number }>(sql`
    with score as (${score})
    select i.id, (case when i.split = 'pool' then coalesce(s.priority, 0) else i.shuffle end)::real as priority
    from ${image} i left join score s on s.image_id = i.id
    where i.project_id = ${projectId} and i.consensus_state in ('none', 'partial', 'disputed')
      and i.priority <> (case when i.split = 'pool' then coalesce(s.priority, 0) else i.shuffle end)::real
    order by i.id`);
  // A claim passes over locked rows: in small pieces, so that nobody is told that the queue is empty.
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK);
    await db.execute(sql`
      with ${asked} update ${image} i set priority = w.priority
      from unnest(${sql.param(chunk.map((item) => item.id))}::uuid[],
        ${sql.param(chunk.map((item) => item.priority))}::real[]) as w(id, priority)
      where i.id = w.id and exists (select 1 from asked)`);
  }
}
