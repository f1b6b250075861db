import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Logger } from 'pino';
import { AppError, storedError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { isModelExportName, MODEL_EXPORTS } from '#core/export/model-export.ts';
import { exportKey } from '#core/image/media.ts';
import { toStored } from '#core/text/stored.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import { beginExport, endExport, failExport } from '#db/queries/export/export-job.ts';
import { listEveryClass } from '#db/queries/project/merge-class.ts';
import { exportModel, quantisedModel } from '#ml/export/index.ts';
import type { Engine } from '#ml/engine/engine.ts';
import { explainMemory } from '#ml/engine/out-of-memory.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { readCard } from './export-card.ts';
import { noteExport } from './export-note.ts';
import { measureExport } from './measure-export.ts';
import { decodeModelFile } from '../model/model-file.ts';
import { openPixelCache } from '../hold/pixel-cache.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';

export interface ExportStart {
  db: Database['db'];
  blobs: BlobStore;
  log: Logger;
  cacheFolder: string;
  openEngine: () => Promise<Engine>;
}

/**
 * Makes the model file that somebody asked for: a zip in blob storage. What a person can mend fails the export with a
 * sentence.
 */
export async function makeExport({ db, blobs, cacheFolder, openEngine }: ExportStart, exportId: string): Promise<void> {
  const found = await beginExport(db, exportId);
  if (!found) return;
  try {
    const { round, run } = found;
    const { format: name, createdAt } = found.export;
    if (!isModelExportName(name)) throw new AppError('BAD_INPUT', say('learning.noFormat', { name }));
    const { format, quantisation } = MODEL_EXPORTS[name];
    const { graph, weights } = decodeModelFile(await loadFinal({ db, blobs }, round.id));
    const names = new Map((await listEveryClass(db, run.projectId)).map(({ id, name: className }) => [id, className]));
    const engine = await openEngine();
    const pixels = openPixelCache({ blobs, folder: cacheFolder, projectId: run.projectId });
    const measured = await measureExport(
      { db, engine, pixels },
      {
        projectId: run.projectId,
        runId: run.id,
        classIds: run.classIds,
        model: quantisedModel(graph, weights, quantisation),
      },
    ).finally(() => engine.dispose());
    const files = await exportModel({
      graph,
      weights,
      classNames: run.classIds.map((id) => names.get(id) ?? id),
      temperature: measured.temperature ?? round.metrics?.temperature ?? 1,
      format,
      quantisation,
      card: await readCard(db, { run, round, createdAt, measured: measured.figures }),
      ...(format === 'page' ? { tfjs: await readLibrary() } : {}),
    });
    const bytes = await zipFiles(files);
    const blobKey = exportKey(run.projectId, exportId);
    await blobs.put(blobKey, bytes);
    const mirrors = run.config.augmentation.flipHorizontal;
    const note = noteExport(measured, round.metrics, { mirrors, quantisation });
    await endExport(db, {
      exportId,
      blobKey,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      told: note && toStored(note),
    });
  } catch (failure) {
    const error = explainMemory(failure);
    if (!(error instanceof AppError) || error.retryable) throw error;
    await failExport(db, exportId, storedError(error));
  }
}

/** The browser build of TensorFlow.js that the offline page carries. */
const readLibrary = (): Promise<Buffer> =>
  readFile(createRequire(import.meta.url).resolve('@tensorflow/tfjs/dist/tf.es2017.min.js'));
