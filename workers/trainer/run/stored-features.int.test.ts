import { asc, eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backboneLink } from '#core/chain/chain.ts';
import { findFinalCheckpoint } from '#db/queries/round/checkpoint.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { featureSet, featureShard, image, prediction } from '#db/schema/index.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { embedShard } from '../feature/embed-shard.ts';
import { openFeatures } from '../feature/open-features.ts';
import { sweepFeatures } from '../feature/sweep-features.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';

const SIDE = 32;
/** What a head on features looks at: pool and validation, and test once all is decided. */
const IMAGES = 3 * (10 + 4 + 2);

let stored: TrainerBench;
let bare: TrainerBench;
beforeAll(async () => {
  [stored, bare] = await Promise.all([openTrainerBench(), openTrainerBench()]);
});
afterAll(async () => {
  await stored.close();
  await bare.close();
});

/** A project and its backbone; with `embeds` its images are embedded as they arrive. */
async function draw(bench: TrainerBench, embeds: boolean) {
  const { db, blobs } = bench;
  const project = await createDrawnProject(db, blobs, {
    perClass: { pool: 10, validation: 4, test: 2 },
    labeledPerClass: 4,
  });
  const backboneId = await createDrawnBackbone(db, blobs, project.organizationId, { side: SIDE });
  if (!embeds) return { project, backboneId };
  const shards = await sweepFeatures(db);
  for (const id of shards)
    await embedShard(
      {
        db,
        blobs,
        readerOf: (set) => openFeatures({ db, blobs, openEngine: () => openEngine('wasm', { threads: 1 }) }, set),
      },
      id,
    );
  return { project, backboneId };
}

/** Plays a chain on the project's backbone, and tells its figures and how many features were read and computed. */
async function play(bench: TrainerBench, embeds: boolean, prepare: (bench: TrainerBench) => Promise<void>) {
  const { db } = bench;
  const { project, backboneId } = await draw(bench, embeds);
  await prepare(bench);
  const counts = { read: 0, computed: 0 };
  const log = pino(
    { level: 'info' },
    {
      write: (line: string) => {
        const { read = 0, computed = 0 } = JSON.parse(line) as { read?: number; computed?: number };
        counts.read += read;
        counts.computed += computed;
      },
    },
  );
  const body = { backboneId, side: SIDE };
  const runId = await createRun(db, project, {
    chain: [backboneLink('teacher', 'frozen', body), backboneLink('student', 'noisy-head', body)],
    keepShare: [1],
    floor: 0,
    reviewPerRound: 6,
  });
  expect(await bench.work(runId, { log })).toBe('finished');
  const rounds = await Promise.all(
    (await listRoundStates(db, runId)).map(async ({ id, role, metrics }) => ({
      role,
      weights: (await findFinalCheckpoint(db, id))?.sha256,
      figures: [metrics?.valAccuracy, metrics?.valLoss, metrics?.temperature, metrics?.testAccuracy],
      answers: await db
        .select({ content: image.contentHash, probabilities: prediction.probabilities })
        .from(prediction)
        .innerJoin(image, eq(image.id, prediction.imageId))
        .where(eq(prediction.roundId, id))
        .orderBy(asc(image.contentHash)),
    })),
  );
  return { rounds, counts };
}

describe('FEATURE-10 a run on features that are stored', () => {
  it('computes none of them anew, and is the same to the last weight', async () => {
    const nothing = () => Promise.resolve();
    const withShards = await play(stored, true, nothing);
    expect(withShards.counts.read).toBe(IMAGES);
    // Augmented views of what the student learns from, which no shard holds.
    const { computed: views } = withShards.counts;
    expect(views % 3).toBe(0);
    const without = await play(bare, false, nothing);
    expect(without.counts).toEqual({ read: 0, computed: IMAGES + views });
    expect(without.rounds.map(({ role }) => role)).toEqual(['teacher', 'student']);
    expect(withShards.rounds).toEqual(without.rounds);
  });

  it('computes what is missing: a shard that is still queued, and one side for another', async () => {
    const half = await play(stored, true, async ({ db }) => {
      await db.update(featureShard).set({ status: 'queued', features: null });
    });
    expect(half.counts.read).toBe(0);
    expect(half.counts.computed).toBeGreaterThanOrEqual(IMAGES);
    const other = await play(stored, true, async ({ db }) => {
      await db.update(featureSet).set({ side: 2 * SIDE });
    });
    expect(other.counts).toEqual(half.counts);
  });
});
