import { and, desc, eq, sql } from 'drizzle-orm';
import type { LiveFigures } from '#core/live-teacher/live-teacher.ts';
import type { Db } from '../../client.ts';
import { featureSet, liveTeacher, trainer } from '../../schema/index.ts';

/** What the live teacher measured of each backbone whose features it stands on, the newest first. */
export const listLiveEvidence = (
  db: Db,
  projectId: string,
): Promise<{ backboneId: string | null; side: number; labels: number; figures: LiveFigures }[]> =>
  db
    .select({
      backboneId: featureSet.backboneId,
      side: featureSet.side,
      labels: liveTeacher.labels,
      figures: liveTeacher.figures,
    })
    .from(liveTeacher)
    .innerJoin(featureSet, eq(featureSet.id, liveTeacher.setId))
    .where(eq(liveTeacher.projectId, projectId))
    .orderBy(desc(liveTeacher.fittedAt));

/** Images a second at which the fastest trainer that is alive trains model S at 32 px; null before one told. */
export async function findTrainRate(db: Db): Promise<number | null> {
  const [row] = await db
    .select({ rate: sql<number | null>`max(${trainer.imagesPerSecond})` })
    .from(trainer)
    .where(and(sql`${trainer.heartbeatAt} > now() - interval '1 minute'`));
  return row?.rate ?? null;
}
