import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import type { RoundTruth } from './report.ts';
import { execute, number, text } from '#db/execute.ts';

/**
 * What only this command can know: how right pseudo-labels and pool answers are, from the hidden labels. Images whose
 * answer the round learned are no measure of it and left out.
 */
export async function measureTruth(
  db: Db,
  params: { runId: string; states: readonly RoundState[]; truth: ReadonlyMap<string, string> },
): Promise<Map<string, RoundTruth>> {
  const { classIds } = await getRunState(db, params.runId);
  const share = async (roundId: string, table: 'pseudo_label' | 'prediction'): Promise<number | null> => {
    const rows = await execute(
      db,
      sql`
      select p.image_id as "imageId", p.class_index as "classIndex" from ${sql.identifier(table)} p
      join image i on i.id = p.image_id and i.split = 'pool'
      where p.round_id = ${roundId} and not exists (select 1 from round_label l where l.round_id = p.round_id
        and l.image_id = p.image_id)`,
      { imageId: text, classIndex: number },
    );
    return rows.length === 0
      ? null
      : rows.filter(({ imageId, classIndex }) => classIds[classIndex] === params.truth.get(imageId)).length /
          rows.length;
  };
  const found = new Map<string, RoundTruth>();
  for (const { id } of params.states)
    found.set(id, { pseudoPrecision: await share(id, 'pseudo_label'), poolAccuracy: await share(id, 'prediction') });
  return found;
}
