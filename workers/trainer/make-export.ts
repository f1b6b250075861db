import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError } from '#core/errors.ts';
import { exportKey } from '#core/media.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import { beginExport, endExport, failExport } from '#db/queries/export-job.ts';
import { listClasses } from '#db/queries/project.ts';
import { toInference } from '#ml/export/inference.ts';
import { writeLayersModel } from '#ml/export/layers-model.ts';
import { loadFinal } from './checkpoints.ts';
import { decodeModelFile } from './model-file.ts';
import { zipFiles } from './zip-files.ts';

export interface ExportStart {
  db: Database['db'];
  blobs: BlobStore;
  log: Logger;
}

/** Makes the model file that somebody asked for: a zip in blob storage. What a person can mend fails the export with a sentence. */
export async function makeExport({ db, blobs }: ExportStart, exportId: string): Promise<void> {
  const found = await beginExport(db, exportId);
  if (!found) return;
  try {
    const { round, run } = found;
    const { graph, weights } = decodeModelFile(await loadFinal({ db, blobs }, round.id));
    const names = new Map((await listClasses(db, run.projectId)).map(({ id, name }) => [id, name]));
    const files = writeLayersModel(toInference(graph, weights, round.metrics?.temperature ?? 1), 'none');
    const classes = { path: 'classes.json', bytes: new TextEncoder().encode(JSON.stringify(run.classIds.map((id) => names.get(id) ?? id))) };
    const bytes = await zipFiles([...files, classes]);
    const blobKey = exportKey(run.projectId, exportId);
    await blobs.put(blobKey, bytes);
    await endExport(db, { exportId, blobKey, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    await failExport(db, exportId, error.message);
  }
}
