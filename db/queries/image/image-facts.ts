import { sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { execute, number, truth } from '../../execute.ts';

/** What a run's image sides and noise follow from. */
export interface ImageFacts extends Record<string, unknown> {
  /** Median of the longer sides, px. */
  side: number;
  /** Median of the shorter sides, px. */
  shorter: number;
  /** Every image is gray. */
  gray: boolean;
  /** Images of the pool. */
  pool: number;
}

/** Images that the median is taken of: more would not move it. */
const SAMPLE = 2000;

/** Reads a draw of the pool, however large it is: ids are random. */
export async function describeImages(db: Db, projectId: string): Promise<ImageFacts> {
  const rows = await execute(
    db,
    sql`
    with drawn as (
      select width, height, channels from image where project_id = ${projectId} and split = 'pool'
      order by id limit ${SAMPLE}
    )
    select coalesce(
        (select percentile_disc(0.5) within group (order by greatest(width, height)) from drawn), 32
      ) as side,
      coalesce(
        (select percentile_disc(0.5) within group (order by least(width, height)) from drawn), 32
      ) as shorter,
      coalesce((select bool_and(channels = 1) from drawn), false) as gray,
      (select count(*) from image where project_id = ${projectId} and split = 'pool')::int as pool`,
    { side: number, shorter: number, gray: truth, pool: number },
  );
  return rows[0] ?? { side: 32, shorter: 32, gray: false, pool: 0 };
}
