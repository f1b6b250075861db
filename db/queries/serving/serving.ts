import { saidAs } from '#core/text/stored.ts';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { member, modelExport, serving, user } from '../../schema/index.ts';
import { findBestRound } from '../round/map-round.ts';

/** Choices that are kept in sight, newest first; a roll back looks no further. */
const SHOWN = 50;

export const listServingChoices = (db: Db, projectId: string) =>
  db
    .select({
      id: serving.id,
      kind: serving.kind,
      roundId: serving.roundId,
      restoresId: serving.restoresId,
      title: serving.title,
      createdAt: serving.createdAt,
      memberName: user.name,
    })
    .from(serving)
    .leftJoin(member, eq(member.id, serving.memberId))
    .leftJoin(user, eq(user.id, member.userId))
    .where(eq(serving.projectId, projectId))
    .orderBy(desc(serving.createdAt), desc(serving.id))
    .limit(SHOWN);

/** Its time is the moment under the lock: a transaction's own may be older than a choice made meanwhile. */
export async function insertServingChoice(db: Db, row: typeof serving.$inferInsert): Promise<void> {
  await db.insert(serving).values({ ...row, createdAt: sql`clock_timestamp()` });
}

/** The round that predicts: the one that was promoted, else the model that stands best. Null before the first. */
export async function findServingRound(
  db: Db,
  projectId: string,
): Promise<{ roundId: string; promoted: boolean } | null> {
  const [chosen] = await db
    .select({ roundId: serving.roundId })
    .from(serving)
    .where(eq(serving.projectId, projectId))
    .orderBy(desc(serving.createdAt), desc(serving.id))
    .limit(1);
  if (chosen?.roundId) return { roundId: chosen.roundId, promoted: true };
  const best = await findBestRound(db, { projectId });
  return best && { roundId: best.id, promoted: false };
}

/**
 * The ONNX file that a round predicts with: a ready one, whoever asked for it, else the newest that is made or failed.
 */
export async function findServingFile(db: Db, roundId: string) {
  const [row] = await db
    .select({
      id: modelExport.id,
      status: modelExport.status,
      message: modelExport.message,
      said: modelExport.said,
      blobKey: modelExport.blobKey,
      sha256: modelExport.sha256,
      createdAt: modelExport.createdAt,
    })
    .from(modelExport)
    .where(
      and(
        eq(modelExport.roundId, roundId),
        eq(modelExport.format, 'onnx'),
        inArray(modelExport.kind, ['model', 'serving']),
      ),
    )
    .orderBy(sql`${modelExport.status} = 'ready' desc`, desc(modelExport.createdAt))
    .limit(1);
  return row ? { ...row, said: saidAs(row.message, row.said) } : null;
}

/** How long after a failed file another one is made, when somebody asks. */
const AGAIN = sql`interval '10 minutes'`;

/** Has the ONNX file of a round made, unless there is one, or one is on its way or failed just now. */
export async function requestServingFile(db: Db, params: { projectId: string; roundId: string }): Promise<void> {
  await db.execute(sql`
    insert into ${modelExport} (project_id, round_id, kind, format)
    select ${params.projectId}, ${params.roundId}, 'serving', 'onnx'
    where not exists (select 1 from ${modelExport} e
      where e.round_id = ${params.roundId} and e.format = 'onnx' and e.kind in ('model', 'serving')
        and (e.status <> 'failed' or e.created_at > now() - ${AGAIN}))`);
}
