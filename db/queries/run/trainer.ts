import { and, desc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { project, run, trainer } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

/** Puts a trainer on the list, or brings it up to date, with a fresh heartbeat. */
export async function registerTrainer(db: Db, row: typeof trainer.$inferInsert): Promise<void> {
  await db
    .insert(trainer)
    .values(row)
    .onConflictDoUpdate({ target: trainer.id, set: { ...row, heartbeatAt: sql`now()` } });
  await notify(db, { name: 'trainer:changed', trainerId: row.id });
}

export async function beatTrainer(
  db: Db,
  params: { id: string; memoryBytes: number; job: string | null; imagesPerSecond?: number | undefined },
): Promise<void> {
  const { id, ...set } = params;
  await db
    .update(trainer)
    .set({ ...set, heartbeatAt: sql`now()` })
    .where(eq(trainer.id, id));
}

export async function removeTrainer(db: Db, id: string): Promise<void> {
  await db.delete(trainer).where(eq(trainer.id, id));
  await notify(db, { name: 'trainer:changed', trainerId: id });
}

/** Forgets trainers that have been silent for an hour. */
export async function removeSilentTrainers(db: Db): Promise<void> {
  await db.delete(trainer).where(lt(trainer.heartbeatAt, sql`now() - interval '1 hour'`));
}

/**
 * Trainers, the liveliest first, each with the run that it holds when the member who asks sees its project.
 */
export const listTrainers = (db: Db, memberId: string) =>
  db
    .select({
      id: trainer.id,
      engine: trainer.engine,
      device: trainer.device,
      threads: trainer.threads,
      memoryBytes: trainer.memoryBytes,
      imagesPerSecond: trainer.imagesPerSecond,
      skipped: trainer.skipped,
      answers: trainer.answers,
      startedAt: trainer.startedAt,
      heartbeatAt: trainer.heartbeatAt,
      busy: isNotNull(trainer.job),
      runId: run.id,
      runNumber: run.number,
      projectId: project.id,
      projectName: project.name,
      alive: sql<boolean>`${trainer.heartbeatAt} > now() - interval '30 seconds'`,
    })
    .from(trainer)
    .leftJoin(
      run,
      and(
        eq(run.trainerId, trainer.id),
        eq(run.status, 'training'),
        sql`${run.projectId} in (select p.id from project p join member m on m.organization_id = p.organization_id
          where m.id = ${memberId} and p.status <> 'deleted' and ${seesProject(sql`m`, sql`p.id`)})`,
      ),
    )
    .leftJoin(project, eq(project.id, run.projectId))
    .orderBy(desc(trainer.heartbeatAt))
    .limit(200);
