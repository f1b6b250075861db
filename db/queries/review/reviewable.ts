import { sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { execute, number, text, truth } from '../../execute.ts';
import { image, prediction } from '../../schema/index.ts';

/** Pool images among these: what a round takes them for, −1 where it said nothing, and whether people settled them. */
export async function listReviewable(
  db: Db,
  params: { projectId: string; roundId: string; imageIds: readonly string[] },
) {
  const rows = await execute(
    db,
    sql`
    select i.id as "imageId", coalesce(p.class_index, -1)::int as "classIndex",
      coalesce(p.confidence, 0)::real as confidence,
      i.consensus_state in ('agreed', 'adjudicated') as "isSettled"
    from ${image} i left join ${prediction} p on p.image_id = i.id and p.round_id = ${params.roundId}
    where i.project_id = ${params.projectId} and i.split = 'pool'
      and i.id = any(${sql.param([...params.imageIds])}::uuid[])
    order by i.id`,
    { imageId: text, classIndex: number, confidence: number, isSettled: truth },
  );
  return rows;
}
