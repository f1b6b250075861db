import { sql } from 'drizzle-orm';
import { ROUND_ROLES } from '#core/run/learning.ts';
import type { RoundPlace } from '#core/run/run.ts';
import type { Db } from '../../client.ts';
import { prediction, round, run } from '../../schema/index.ts';
import type { EmbeddingSource } from '../image/embedding.ts';
import { findFeatureSet } from '../image/feature-set.ts';
import { execute, list, nullable, number, oneOf, text } from '../../execute.ts';
import type { RowSchema } from '../../execute.ts';

export interface MapRound extends RoundPlace {
  id: string;
  classIds: string[];
  runNumber: number;
  /** On validation; null when nothing measured it. */
  accuracy: number | null;
}

const selectRound = sql`select r.id, u.class_ids as "classIds", r.index, r.role, r.member, u.number as "runNumber",
  (r.metrics->>'valAccuracy')::float8 as accuracy from ${round} r join ${run} u on u.id = r.run_id`;
const MAP_ROUND: RowSchema<MapRound> = {
  id: text,
  classIds: list(text),
  runNumber: number,
  accuracy: nullable(number),
  index: number,
  role: oneOf(...ROUND_ROLES),
  member: number,
};

/**
 * The model that stands best: of finished rounds that are accepted, or teach, the one whose validation accuracy is
 * surely highest, by the lower end of its interval; of equals the newest. Null before the first.
 */
export async function findBestRound(db: Db, params: { projectId: string }): Promise<MapRound | null> {
  const rows = await execute(
    db,
    sql`
    ${selectRound}
    where u.project_id = ${params.projectId} and r.role <> 'control' and r.stage = 'done'
      and r.rolled_back_at is null and r.decision is distinct from 'hold'
      and exists (select 1 from ${prediction} p where p.round_id = r.id)
    order by coalesce((r.metrics->'valInterval'->>0)::float8, 0) desc, r.ended_at desc limit 1`,
    MAP_ROUND,
  );
  return rows[0] ?? null;
}

/** The newest round of the project that has placed its pool on the map; null before the first. */
export async function findMapRound(db: Db, params: { projectId: string }): Promise<MapRound | null> {
  const rows = await execute(
    db,
    sql`
    ${selectRound}
    where u.project_id = ${params.projectId} and r.role <> 'control' and r.ended_at is not null
      and r.rolled_back_at is null
      and exists (select 1 from ${prediction} p where p.round_id = r.id)
    order by r.ended_at desc limit 1`,
    MAP_ROUND,
  );
  return rows[0] ?? null;
}

/** What similar images are found by: the newest standing round, before one the backbone; null before either. */
export async function findEmbeddingSource(db: Db, params: { projectId: string }): Promise<EmbeddingSource | null> {
  const round = await findMapRound(db, params);
  if (round) return { roundId: round.id };
  const set = await findFeatureSet(db, params.projectId);
  return set ? { setId: set.id } : null;
}
