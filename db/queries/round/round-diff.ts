import { sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import type { Db } from '../../client.ts';
import { execute, integer } from '../../execute.ts';
import { pseudoLabel, roundLabel } from '../../schema/index.ts';

/**
 * How two frozen sets differ, by image: in the second only, in the first only, in both with another class, in both
 * alike.
 */
export interface SetDiff {
  added: number;
  removed: number;
  changed: number;
  same: number;
}

const setDiff = { added: integer, removed: integer, changed: integer, same: integer };

interface Pair {
  roundId: string;
  otherRoundId: string;
  classIds: readonly string[];
  otherClassIds: readonly string[];
}

/** Human labels that the first round and the second one were trained on. */
export async function diffRoundLabels(db: Db, { roundId, otherRoundId }: Pair): Promise<SetDiff> {
  const statement = sql`
    select ${counts(sql`a.class_id`, sql`b.class_id`)}
    from (select image_id, class_id from ${roundLabel} where round_id = ${roundId}) a
    full join (select image_id, class_id from ${roundLabel} where round_id = ${otherRoundId}) b using (image_id)`;
  return must(await execute(db, statement, setDiff), 0, 'row of counts');
}

/**
 * Pseudo-labels that the first round and the second one were trained on; classes are compared, whatever their order in
 * a run.
 */
export async function diffPseudoLabels(
  db: Db,
  { roundId, otherRoundId, classIds, otherClassIds }: Pair,
): Promise<SetDiff> {
  const classAt = (ids: readonly string[]) => sql`(${sql.param([...ids])}::uuid[])[class_index + 1]`;
  const statement = sql`
    select ${counts(sql`a.class_id`, sql`b.class_id`)}
    from (select image_id, ${classAt(classIds)} as class_id from ${pseudoLabel} where round_id = ${roundId}) a
    full join (select image_id, ${classAt(otherClassIds)} as class_id from ${pseudoLabel}
      where round_id = ${otherRoundId}) b using (image_id)`;
  return must(await execute(db, statement, setDiff), 0, 'row of counts');
}

const counts = (first: ReturnType<typeof sql>, second: ReturnType<typeof sql>) => sql`
  count(*) filter (where ${first} is null)::int as added, count(*) filter (where ${second} is null)::int as removed,
  count(*) filter (where ${first} <> ${second})::int as changed, count(*) filter (where ${first} = ${second})::int as
    same`;
