import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { eq } from 'drizzle-orm';
import type { ModelExportName } from '#core/export/model-export.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { modelExport } from '#db/schema/index.ts';
import { standingTeacher } from '#trainer/round/standing.ts';
import type { Platform } from './platform.ts';

const PATIENCE_MS = 120_000;

/** Has the trainer export the final model and writes the zip of every format into a folder; returns their paths. */
export async function exportModel(
  platform: Platform,
  params: { projectId: string; runId: string; memberId: string; out: string; formats: readonly ModelExportName[] },
): Promise<string[]> {
  const { db } = platform.services;
  const states = await listRoundStates(db, params.runId);
  const final =
    states.find(({ role, stage }) => role === 'distilled' && stage === 'done') ?? standingTeacher(states, Infinity);
  if (!final) return [];
  const paths: string[] = [];
  for (const format of params.formats) paths.push(await exportOne(platform, { ...params, format, final }));
  return paths;
}

async function exportOne(
  platform: Platform,
  params: {
    projectId: string;
    runId: string;
    memberId: string;
    out: string;
    format: ModelExportName;
    final: { id: string; index: number };
  },
): Promise<string> {
  const { db, blobs } = platform.services;
  const { final, format } = params;
  const [row] = await db
    .insert(modelExport)
    .values({ projectId: params.projectId, roundId: final.id, kind: 'model', format, createdBy: params.memberId })
    .returning({ id: modelExport.id });
  if (!row) throw new Error('The export could not be asked for.');
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const [found] = await db.select().from(modelExport).where(eq(modelExport.id, row.id));
    if (found?.status === 'failed') throw new Error(`The export failed: ${found.message}`);
    if (found?.status === 'ready' && found.blobKey) {
      mkdirSync(params.out, { recursive: true });
      const path = resolve(join(params.out, `run-${params.runId.slice(0, 8)}-round-${final.index}-${format}.zip`));
      await pipeline(await blobs.stream(found.blobKey), createWriteStream(path));
      return path;
    }
    await new Promise((tick) => setTimeout(tick, 300));
  }
  throw new Error("The export was not made within two minutes. See the trainer's log.");
}
