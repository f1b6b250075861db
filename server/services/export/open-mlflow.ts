import { Readable } from 'node:stream';
import { runSlug } from '#core/book/run-book.ts';
import { mlflowExperiment, mlflowRun } from '#core/book/mlflow.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { DOWNLOAD_POINTS, listBook, listOverlay } from '#db/queries/run/book-read.ts';
import { listBackbones } from '#db/queries/run/backbone.ts';
import { listEveryClass } from '#db/queries/project/merge-class.ts';
import { getRun } from '#db/queries/run/run-read.ts';
import { fileBase } from './file-base.ts';
import { zipStream } from './zip-stream.ts';
import type { ZipEntry } from './zip-stream.ts';

/**
 * Runs as a folder that MLflow reads, each with its rounds below it; all that are not archived unless some are named.
 * One run at a time is held. Beyond 200,000 points a run's curves are thinned.
 * @throws AppError NOT_FOUND for a run of another project, NOT_READY where there is none
 */
export async function openMlflow(
  db: Db,
  project: { id: string; name: string; organizationId: string; createdAt: Date },
  runIds: readonly string[] | null,
  now: Date,
): Promise<{ fileName: string; stream: Readable }> {
  const book = await listBook(db, { projectId: project.id, archived: runIds !== null });
  const runs = runIds === null ? book : book.filter(({ id }) => runIds.includes(id));
  if (runs.length < (runIds?.length ?? 0)) throw notFound('run');
  if (runs.length === 0) throw new AppError('NOT_READY', say('refusal.noRun'));
  const [backbones, classes] = await Promise.all([
    listBackbones(db, project.organizationId),
    listEveryClass(db, project.id),
  ]);
  const names = {
    backbones: new Map(backbones.map(({ id, name }) => [id, name])),
    classes: new Map(classes.map(({ id, name }) => [id, name])),
  };
  const entryOf = ({ path, text }: { path: string; text: string }): ZipEntry => ({
    path,
    compress: true,
    body: Readable.from([text]),
  });
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    yield entryOf(mlflowExperiment(project));
    for (const run of runs) {
      const place = { projectId: project.id, runId: run.id };
      const found = await getRun(db, place).catch((error: unknown) => {
        // Deleted while others went out: what is left is whole without it.
        if (error instanceof AppError) return null;
        throw error;
      });
      if (found === null) continue;
      const rounds = await listOverlay(db, { projectId: project.id, runIds: [run.id], points: DOWNLOAD_POINTS });
      for (const file of mlflowRun(project.id, { run, notes: found.notes, rounds }, names)) yield entryOf(file);
    }
  };
  const [only] = runIds?.length === 1 ? runs : [];
  const base = only ? runSlug(only) : `${fileBase(project.name)}-runs`;
  return { fileName: `${base}-mlflow.zip`, stream: zipStream(entries(), now) };
}
