import { sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { image, prediction, round, run } from '../schema/index.ts';
import { answersUnseen } from './blind.ts';
import type { Blind } from './blind.ts';

/** The newest round of the project that has placed its pool on the map; null before the first. */
export async function findMapRound(db: Db, params: { projectId: string }): Promise<{ id: string; classIds: string[]; index: number; runNumber: number } | null> {
  const { rows } = await db.execute<{ id: string; classIds: string[]; index: number; runNumber: number }>(sql`
    select r.id, u.class_ids as "classIds", r.index, u.number as "runNumber" from ${round} r join ${run} u on u.id = r.run_id
    where u.project_id = ${params.projectId} and r.role <> 'control' and r.ended_at is not null and r.rolled_back_at is null
      and exists (select 1 from ${prediction} p where p.round_id = r.id)
    order by r.ended_at desc limit 1`);
  return rows[0] ?? null;
}

/** Half-width of the first window searched, in map units; it doubles until enough is found. */
const FIRST_WINDOW = 0.02;

/**
 * Images whose place on the round's map is nearest to this one's: neighbours of its embedding, as far as two dimensions tell.
 * Searches a strip of the map by its index and widens it while too few are found. Empty when the image has no place.
 */
export async function listSimilar(db: Db, params: { projectId: string; roundId: string; imageId: string; openOnly: boolean; limit: number; blind: Blind | null }) {
  const { rows: [place] } = await db.execute<{ x: number | null; y: number | null; low: number; high: number }>(sql`
    select p.map_x as x, p.map_y as y,
      (select min(map_x) from ${prediction} where round_id = ${params.roundId}) as low, (select max(map_x) from ${prediction} where round_id = ${params.roundId}) as high
    from ${prediction} p where p.round_id = ${params.roundId} and p.image_id = ${params.imageId}`);
  if (place?.x === undefined || place.x === null || place.y === null) return [];
  const { x, y, low, high } = place;
  const unseen = answersUnseen(params.blind, sql`i`);
  const open = params.openOnly ? sql`and i.consensus_state = 'none' and i.lease_count = 0` : sql``;
  for (let window = FIRST_WINDOW * Math.max(high - low, 1e-6); ; window *= 3) {
    const { rows } = await db.execute<{ imageId: string; fileName: string; classId: string | null; state: string; distance: number }>(sql`
      select p.image_id as "imageId", i.file_name as "fileName", case when not ${unseen} then i.consensus_class_id end as "classId",
        case when ${unseen} then 'none' else i.consensus_state end as state, sqrt(power(p.map_x - ${x}::real, 2) + power(p.map_y - ${y}::real, 2)) as distance
      from ${prediction} p join ${image} i on i.id = p.image_id
      where p.round_id = ${params.roundId} and p.map_x between ${x}::real - ${window}::real and ${x}::real + ${window}::real
        and p.map_y is not null and p.image_id <> ${params.imageId} and i.project_id = ${params.projectId} ${open}
      order by distance, p.image_id limit ${params.limit}`);
    const complete = rows.length >= params.limit && (rows.at(-1)?.distance ?? Infinity) <= window;
    if (complete || window > high - low) return rows;
  }
}

/** Open pool images that the round takes for one class, the surest first: what a grid offers. */
export async function listPredicted(db: Db, params: { projectId: string; roundId: string; classIndex: number; memberId: string; limit: number }) {
  const { rows } = await db.execute<{ imageId: string; confidence: number }>(sql`
    select p.image_id as "imageId", p.confidence from ${prediction} p join ${image} i on i.id = p.image_id
    where p.round_id = ${params.roundId} and p.class_index = ${params.classIndex} and i.project_id = ${params.projectId} and i.split = 'pool'
      and i.consensus_state = 'none' and i.lease_count = 0 and (i.assigned_to is null or i.assigned_to = ${params.memberId})
      and not exists (select 1 from annotation a where a.image_id = i.id and a.member_id = ${params.memberId} and a.kind = 'skip')
    order by p.confidence desc, p.image_id limit ${params.limit}`);
  return rows;
}
