import { and, count, eq, inArray, sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { image, projectCounter } from '../../schema/index.ts';

/** Human answers a run could learn from: resolved images by class and split. */
export const listLabelCounts = (db: Db, projectId: string) =>
  db
    .select({ classId: image.consensusClassId, split: image.split, n: count() })
    .from(image)
    .where(
      and(
        eq(image.projectId, projectId),
        inArray(image.split, SPLITS),
        inArray(image.consensusState, ['agreed', 'adjudicated']),
      ),
    )
    .groupBy(image.consensusClassId, image.split);

export async function countSplits(db: Db, projectId: string): Promise<Record<Split, number>> {
  const rows = await db
    .select({ split: projectCounter.split, n: sql<number>`sum(${projectCounter.images})::int` })
    .from(projectCounter)
    .where(eq(projectCounter.projectId, projectId))
    .groupBy(projectCounter.split);
  return { pool: 0, validation: 0, test: 0, ...Object.fromEntries(rows.map(({ split, n }) => [split, n])) };
}
