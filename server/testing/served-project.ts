import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { createRandom } from '#core/math/random.ts';
import { listQueuedExports } from '#db/queries/export/export-job.ts';
import { insertCheckpoint } from '#db/queries/round/checkpoint.ts';
import { member, prediction, round, run } from '#db/schema/index.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { buildModel, initialiseWeights } from '#ml/index.ts';
import type { ModelName } from '#core/chain/models.ts';
import { makeExport } from '#trainer/export/make-export.ts';
import { encodeModelFile } from '#trainer/model/model-file.ts';
import { createDrawnProject, createRun } from '#trainer/testing/drawn-project.ts';
import type { DrawnProject } from '#trainer/testing/drawn-project.ts';
import type { Services } from '../context.ts';

export interface ServedProject extends DrawnProject {
  runId: string;
  /** Of the member who made it. */
  userId: string;
  /** A teacher and a student; the first stands best. */
  roundIds: [string, string];
  /** Makes the files that were asked for, as a trainer does. */
  makeFiles(): Promise<void>;
}

/** A drawn project with two finished rounds whose nets have random weights: they answer, whatever it is worth. */
export async function createServedProject(
  services: Pick<Services, 'db' | 'blobs' | 'log' | 'env'>,
  options: { side?: number; model?: ModelName } = {},
): Promise<ServedProject> {
  const { db, blobs, log, env } = services;
  const { side = 16, model = 'xs' } = options;
  const project = await createDrawnProject(db, blobs, {
    perClass: { pool: 2, validation: 2, test: 1 },
    labeledPerClass: 1,
    side,
  });
  const runId = await createRun(db, project);
  const [owner] = await db.select().from(member).where(eq(member.id, project.memberId));
  await db.update(run).set({ status: 'finished' }).where(eq(run.id, runId));
  const graph = buildModel({ name: model, inputSize: side, channels: 3, classes: project.classIds.length });
  const pixels = {
    data: new Uint8Array(2 * side * side * 3).map((_, i) => (i * 37) % 256),
    count: 2,
    height: side,
    width: side,
    channels: 3 as const,
  };
  const makeRound = async (index: number): Promise<string> => {
    const bytes = encodeModelFile({ graph, weights: initialiseWeights(graph, createRandom(index + 1), pixels) });
    const id = randomUUID();
    await db.insert(round).values({
      id,
      runId,
      index,
      role: index === 0 ? 'teacher' : 'student',
      model,
      stage: 'done',
      seed: 1,
      verdict: index === 0 ? null : 'hold',
      endedAt: new Date(),
    });
    await blobs.put(`weights/${id}`, bytes);
    await insertCheckpoint(db, {
      roundId: id,
      step: 1,
      final: true,
      blobKey: `weights/${id}`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
    return id;
  };
  const roundIds: [string, string] = [await makeRound(0), await makeRound(1)];
  await db.insert(prediction).values({
    roundId: roundIds[0],
    imageId: project.ids.pool[0] ?? '',
    probabilities: [1, 0, 0],
    classIndex: 0,
    confidence: 1,
  });
  return {
    ...project,
    runId,
    userId: owner?.userId ?? '',
    roundIds,
    makeFiles: async () => {
      for (const exportId of await listQueuedExports(db))
        await makeExport(
          {
            db,
            blobs,
            log,
            cacheFolder: join(env.PUPIL_DATA, 'cache'),
            openEngine: () => openEngine('wasm', { threads: 1 }),
          },
          exportId,
        );
    },
  };
}
