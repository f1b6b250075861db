import { and, desc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { notify } from '../../notify.ts';
import { project, run, worker } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

/** Puts a trainer on the list, or brings it up to date, with a fresh heartbeat. */
export async function registerWorker(db: Db, row: typeof worker.$inferInsert): Promise<void> {
  await db
    .insert(worker)
    .values(row)
    .onConflictDoUpdate({ target: worker.id, set: { ...row, heartbeatAt: sql`now()` } });
  await notify(db, { name: 'worker:changed', workerId: row.id });
}

export async function beatWorker(
  db: Db,
  params: { id: string; memoryBytes: number; job: string | null; imagesPerSecond?: number | undefined },
): Promise<void> {
  const { id, ...set } = params;
  await db
    .update(worker)
    .set({ ...set, heartbeatAt: sql`now()` })
    .where(eq(worker.id, id));
}

export async function removeWorker(db: Db, id: string): Promise<void> {
  await db.delete(worker).where(eq(worker.id, id));
  await notify(db, { name: 'worker:changed', workerId: id });
}

/** Forgets trainers that have been silent for an hour. */
export async function removeSilentWorkers(db: Db): Promise<void> {
  await db.delete(worker).where(lt(worker.heartbeatAt, sql`now() - interval '1 hour'`));
}

/**
 * Trainers, the liveliest first, each with the run that it holds when the member who asks sees its project.
 */
export const listWorkers = (db: Db, memberId: string) =>
  db
    .select({
      id: worker.id,
      engine: worker.engine,
      device: worker.device,
      threads: worker.threads,
      memoryBytes: worker.memoryBytes,
      imagesPerSecond: worker.imagesPerSecond,
      skipped: worker.skipped,
      answers: worker.answers,
      startedAt: worker.startedAt,
      heartbeatAt: worker.heartbeatAt,
      busy: isNotNull(worker.job),
      runId: run.id,
      runNumber: run.number,
      projectId: project.id,
      projectName: project.name,
      alive: sql<boolean>`${worker.heartbeatAt} > now() - interval '30 seconds'`,
    })
    .from(worker)
    .leftJoin(
      run,
      and(
        eq(run.workerId, worker.id),
        eq(run.status, 'training'),
        sql`${run.projectId} in (select p.id from project p join member m on m.organization_id = p.organization_id
          where m.id = ${memberId} and p.status <> 'deleted' and ${seesProject(sql`m`, sql`p.id`)})`,
      ),
    )
    .leftJoin(project, eq(project.id, run.projectId))
    .orderBy(desc(worker.heartbeatAt))
    .limit(200);
