import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { eq } from 'drizzle-orm';
import { listRoundStates } from '#db/queries/round-write.ts';
import { modelExport } from '#db/schema/index.ts';
import { standingTeacher } from '#trainer/standing.ts';
import type { Platform } from './platform.ts';

const PATIENCE_MS = 120_000;

/** Has the trainer export the final model and writes the zip into a folder; returns its path. */
export async function exportModel(platform: Platform, params: { projectId: string; runId: string; memberId: string; out: string }): Promise<string | null> {
  const { db, blobs } = platform.services;
  const states = await listRoundStates(db, params.runId);
  const final = states.find(({ role, stage }) => role === 'distilled' && stage === 'done') ?? standingTeacher(states, Infinity);
  if (!final) return null;
  const [row] = await db.insert(modelExport)
    .values({ projectId: params.projectId, roundId: final.id, kind: 'model', format: 'tfjs-layers', createdBy: params.memberId }).returning({ id: modelExport.id });
  if (!row) return null;
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const [found] = await db.select().from(modelExport).where(eq(modelExport.id, row.id));
    if (found?.status === 'failed') throw new Error(`The export failed: ${found.message}`);
    if (found?.status === 'ready' && found.blobKey) {
      mkdirSync(params.out, { recursive: true });
      const path = resolve(join(params.out, `run-${params.runId.slice(0, 8)}-round-${final.index}.zip`));
      await pipeline(await blobs.stream(found.blobKey), createWriteStream(path));
      return path;
    }
    await new Promise((tick) => setTimeout(tick, 300));
  }
  throw new Error('The export was not made within two minutes. See the trainer\'s log.');
}
