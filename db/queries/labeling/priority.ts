import { eq, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { choosesLive, priorityOfRank, RANDOM_SHARE, rankedFrom } from '#core/live-teacher/live-teacher.ts';
import type { Db } from '../../client.ts';
import { unpackIds } from '../../packed-embeddings.ts';
import { image, prediction, project, projectCounter } from '../../schema/index.ts';
import { findLiveTeacher } from './live-teacher.ts';
import { findBestRound } from '../round/map-round.ts';
import { execute, number, text } from '../../execute.ts';

/** Cells a side in which the map's density is counted. */
const CELLS = 32;
const CHUNK = 500;
/** Those that keep the place of their draw whatever a round says, so that answers still speak for the whole pool. */
const drawnAtRandom = sql`mod(hashtext(p.image_id::text), ${Math.round(1 / RANDOM_SHARE)}) = 0`;

/**
 * Puts the label queue in the order that the project asks for, by the live teacher or the newest round, whichever
 * speaks (core/live-teacher): what the model is unsure of first,
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
  const round = order === 'random' ? null : await findBestRound(db, { projectId });
  const live = order === 'random' ? null : await findLiveTeacher(db, projectId);
  if (
    live &&
    live.order === order &&
    (order === 'typical' || choosesLive(live.figures, round && (round.accuracy ?? 0)))
  )
    return orderByRanks(db, { projectId, ranks: live.ranks, asked });
  if (!round) {
    await db.execute(
      sql`with ${asked} update ${image} set priority = 0 where project_id = ${projectId} and priority <> 0
        and exists (select 1 from asked)`,
    );
    return;
  }
  const score =
    order === 'model'
      ? sql`select p.image_id, case when ${drawnAtRandom} then d.shuffle
        else 1 - percent_rank() over (order by p.confidence) end as priority
        from ${prediction} p join ${image} d on d.id = p.image_id where p.round_id = ${round.id}`
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
  const rows = await execute(
    db,
    sql`
    with score as (${score})
    select i.id, (case when i.split = 'pool' then coalesce(s.priority, 0) else i.shuffle end)::real as priority
    from ${image} i left join score s on s.image_id = i.id
    where i.project_id = ${projectId} and i.consensus_state in ('none', 'partial', 'disputed')
      and i.priority <> (case when i.split = 'pool' then coalesce(s.priority, 0) else i.shuffle end)::real
    order by i.id`,
    { id: text, priority: number },
  );
  await writePriorities(db, rows, asked);
}

/**
 * The order of the live teacher: its ranks first, spread as the draw is, then all others as drawn. Validation and test
 * images keep the place that their draw gives them, so that they are met among the ranked in their share.
 */
async function orderByRanks(
  db: Db,
  { projectId, ranks, asked }: { projectId: string; ranks: Uint8Array; asked: SQL },
): Promise<void> {
  const ids = unpackIds(ranks);
  const counted = await execute(
    db,
    sql`
    select coalesce(sum(images), 0)::int as open from ${projectCounter}
    where project_id = ${projectId} and split = 'pool' and state in ('none', 'partial', 'disputed')`,
    { open: number },
  );
  const open = counted[0]?.open ?? 0;
  const from = rankedFrom(ids.length, open);
  const wanted = sql`(case when i.split = 'pool' then coalesce(w.priority, 0)
    when i.shuffle >= ${from}::real then i.shuffle else 0 end)::real`;
  const rows = await execute(
    db,
    sql`
    with ranked as (select * from unnest(${sql.param(ids)}::uuid[],
      ${sql.param(ids.map((_, rank) => priorityOfRank(rank, open)))}::real[]) as r(id, priority))
    select i.id, ${wanted} as priority from ${image} i left join ranked w on w.id = i.id
    where i.project_id = ${projectId} and i.consensus_state in ('none', 'partial', 'disputed')
      and i.priority <> ${wanted}
    order by priority desc, i.id`,
    { id: text, priority: number },
  );
  await writePriorities(db, rows, asked);
}

/** A claim passes over locked rows: in small pieces, so that nobody is told that the queue is empty. */
async function writePriorities(db: Db, rows: readonly { id: string; priority: number }[], asked: SQL): Promise<void> {
  for (let start = 0; start < rows.length; start += CHUNK) {
    // Locked in the order of their ids, as everybody does (ANNOTATION-14).
    const chunk = rows.slice(start, start + CHUNK).sort((a, b) => (a.id < b.id ? -1 : 1));
    await db.execute(sql`
      with ${asked} update ${image} i set priority = w.priority
      from unnest(${sql.param(chunk.map((item) => item.id))}::uuid[],
        ${sql.param(chunk.map((item) => item.priority))}::real[]) as w(id, priority)
      where i.id = w.id and exists (select 1 from asked)`);
  }
}
