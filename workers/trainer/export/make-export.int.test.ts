import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoundMetrics } from '#core/run/learning.ts';
import { createRandom } from '#core/math/random.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import { insertCheckpoint } from '#db/queries/round/checkpoint.ts';
import { listAnsweredImages } from '#db/queries/round/training-image.ts';
import { modelExport, project as projectTable, round, run } from '#db/schema/index.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { fitTemperature } from '#ml/evaluate/calibration.ts';
import { quantisedModel } from '#ml/export/index.ts';
import { buildModel, initialiseWeights, openPredictor } from '#ml/index.ts';
import { makeExport } from './make-export.ts';
import { decodeModelFile, encodeModelFile } from '../model/model-file.ts';
import { openPixelCache } from '../hold/pixel-cache.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';

let database: TestDatabase;
let blobs: BlobStore;
let folder: string;
let project: DrawnProject;
let runId: string;
let roundId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pupil-export-'));
  blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  project = await createDrawnProject(database.db, blobs, {
    perClass: { pool: 2, validation: 4, test: 1 },
    labeledPerClass: 1,
  });
  runId = await createRun(database.db, project);
  const [found] = await database.db.select().from(run).where(eq(run.id, runId));
  const graph = buildModel({ name: 'xs', inputSize: 16, channels: 3, classes: found?.classIds.length ?? 0 });
  const pixels = {
    data: new Uint8Array(4 * 16 * 16 * 3).map((_, i) => (i * 37) % 256),
    count: 4,
    height: 16,
    width: 16,
    channels: 3 as const,
  };
  const bytes = encodeModelFile({ graph, weights: initialiseWeights(graph, createRandom(1), pixels) });
  const [made] = await database.db
    .insert(round)
    .values({ runId, index: 0, role: 'teacher', model: 'xs', stage: 'done', seed: 1 })
    .returning();
  roundId = made?.id ?? '';
  await blobs.put('weights', bytes);
  await insertCheckpoint(database.db, {
    roundId,
    step: 1,
    final: true,
    blobKey: 'weights',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function exportAs(format: string) {
  const [row] = await database.db
    .insert(modelExport)
    .values({ projectId: project.projectId, roundId, kind: 'model', format })
    .returning();
  const id = row?.id ?? '';
  await makeExport(
    {
      db: database.db,
      blobs,
      log: pino({ level: 'silent' }),
      cacheFolder: join(folder, 'cache'),
      openEngine: () => openEngine('wasm', { threads: 1 }),
    },
    id,
  );
  const [found] = await database.db.select().from(modelExport).where(eq(modelExport.id, id));
  return found;
}

describe('making an export', () => {
  it('FORMAT-34 stores a zip with the model, its card, and the accuracy measured of these very weights', async () => {
    const made = await exportAs('tfjs-layers-uint8');
    expect(made).toMatchObject({ status: 'ready', message: null });
    const bytes = await blobs.get(made?.blobKey ?? '');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(made?.sha256);
    const files = await unzipFiles(bytes);
    expect([...files.keys()].sort()).toEqual([
      'README.ko.md',
      'README.md',
      'classes.txt',
      'model-card.json',
      'model.json',
      'weights.bin',
    ]);
    const card = JSON.parse(files.get('model-card.json')?.toString() ?? '{}') as {
      quantisation: string;
      figures: { name: string; count: number }[];
      classes: string[];
    };
    expect(card.quantisation).toBe('uint8');
    expect(card.figures).toMatchObject([{ count: 4 * card.classes.length }]);
  });

  it.each(['none', 'uint8'] as const)(
    "FORMAT-34 calibrates on the answers of these very weights, one look at each image, not on the round's: %s",
    async (quantisation) => {
      const { db } = database;
      await db
        .update(round)
        .set({ metrics: { temperature: 9 } as RoundMetrics })
        .where(eq(round.id, roundId));
      const made = await exportAs(quantisation === 'none' ? 'tfjs-layers' : 'tfjs-layers-uint8');
      await db.update(round).set({ metrics: null }).where(eq(round.id, roundId));
      const files = await unzipFiles(await blobs.get(made?.blobKey ?? ''));
      const { temperature } = JSON.parse(files.get('model-card.json')?.toString() ?? '{}') as { temperature: number };
      const { graph, weights } = decodeModelFile(await blobs.get('weights'));
      const model = quantisedModel(graph, weights, quantisation);
      const engine = await openEngine('wasm', { threads: 1 });
      const predictor = await openPredictor(engine, model.graph, model.weights);
      const images = await listAnsweredImages(db, {
        projectId: project.projectId,
        runId,
        split: 'validation',
        classIds: project.classIds,
      });
      const pixels = await openPixelCache({ blobs, folder: join(folder, 'cache'), projectId: project.projectId }).load(
        images,
        { size: 16, channels: 3 },
      );
      const { logits } = await predictor.predict(pixels);
      await predictor.close();
      await engine.dispose();
      const truth = images.map(({ classIndex }) => classIndex);
      expect(temperature).toBeCloseTo(fitTemperature(logits, truth, project.classIds.length), 4);
      expect(temperature).not.toBeCloseTo(9);
    },
  );

  it('FORMAT-25 says what the project states of licence and use, and says so where it states nothing', async () => {
    const cardOf = async () => {
      const files = await unzipFiles(await blobs.get((await exportAs('saved-model'))?.blobKey ?? ''));
      expect(files.has('saved_model.pb')).toBe(true);
      return JSON.parse(files.get('model-card.json')?.toString() ?? '{}') as { licence: string; intendedUse: string };
    };
    expect(await cardOf()).toMatchObject({ licence: 'not stated', intendedUse: 'not stated' });
    const [found] = await database.db.select().from(projectTable).where(eq(projectTable.id, project.projectId));
    if (!found) throw new Error('the project is gone');
    await database.db
      .update(projectTable)
      .set({ settings: { ...found.settings, licence: 'CC-BY-4.0', intendedUse: 'Telling drawn things apart' } })
      .where(eq(projectTable.id, found.id));
    expect(await cardOf()).toMatchObject({ licence: 'CC-BY-4.0', intendedUse: 'Telling drawn things apart' });
  });

  it('FORMAT-34 makes the offline page', async () => {
    const made = await exportAs('page');
    const page = (await unzipFiles(await blobs.get(made?.blobKey ?? ''))).get('index.html')?.toString() ?? '';
    expect(page.length).toBeGreaterThan(1_000_000);
    expect(page).not.toMatch(/[^\w.]eval\(|new Function|Function\("return this"\)/u);
  });

  it('FORMAT-27 fails with a sentence on a format that does not exist', async () => {
    expect(await exportAs('savedmodel')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('savedmodel') as string,
    });
  });
});
