import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backboneLink, scratchLink } from '#core/chain/chain.ts';
import type { ChainLink } from '#core/chain/chain-link.ts';
import { listPredictions } from '#db/queries/round/prediction.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import { listTrainingImages } from '#db/queries/round/training-image.ts';
import { softmax } from '#core/math/probabilities.ts';
import { openEngine } from '#ml/engine/engine.ts';
import { openPredictor } from '#ml/index.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { decodeModelFile } from '../model/model-file.ts';
import { openPixelCache } from '../hold/pixel-cache.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';

let bench: TrainerBench;
let project: DrawnProject;
let backboneId: string;
beforeAll(async () => {
  bench = await openTrainerBench();
  project = await createDrawnProject(bench.db, bench.blobs, {
    perClass: { pool: 14, validation: 4, test: 3 },
    labeledPerClass: 5,
  });
  backboneId = await createDrawnBackbone(bench.db, bench.blobs, project.organizationId);
});
afterAll(() => bench.close());

async function runChain(chain: ChainLink[], control = true): Promise<RoundState[]> {
  const { db } = bench;
  const runId = await createRun(db, project, { chain, control, keepShare: [1], floor: 0, stopAfterRejected: 9 });
  const outcome = await bench.work(runId);
  expect(outcome).toBe('finished');
  return listRoundStates(db, runId);
}

/** Rounds answer from features as they are stored, in float16: docs/decisions/0042-runs-read-the-shards.md. */
const ROUNDED = 1e-3;

/** Largest difference between a round's stored answers on the pool and what its exported weights say of the pixels. */
async function differenceFromModel(round: RoundState): Promise<number> {
  const { db } = bench;
  const { graph, weights } = decodeModelFile(await loadFinal(bench, round.id));
  const images = await listTrainingImages(db, { projectId: project.projectId, split: 'pool' });
  const cache = openPixelCache({ blobs: bench.blobs, folder: bench.cacheFolder, projectId: project.projectId });
  const pixels = await cache.load(images, { size: graph.input.size, channels: graph.input.channels });
  const model = await openPredictor(await openEngine('wasm', { threads: 1 }), graph, weights);
  const { logits } = await model.predict(pixels);
  await model.close();
  const answers = softmax(logits, graph.classes, round.metrics?.temperature);
  const stored = new Map(
    (await listPredictions(db, { roundId: round.id, of: { split: 'pool' } })).map((row) => [
      row.imageId,
      row.probabilities,
    ]),
  );
  return Math.max(
    ...images.flatMap(({ id }, row) =>
      (stored.get(id) ?? [NaN]).map((value, c) => Math.abs(value - (answers[row * graph.classes + c] ?? NaN))),
    ),
  );
}

describe('a chain', () => {
  it('CHAIN-3 CHAIN-5 lets two heads on a backbone teach a net from scratch, each at its own side', async () => {
    const rounds = await runChain([
      backboneLink('teacher', 'frozen', { backboneId, side: 16 }),
      backboneLink('teacher', 'frozen', { backboneId, side: 24 }),
      scratchLink('student', 'xs', 20),
    ]);
    expect(rounds.map(({ index, role, member }) => `${index} ${role} ${member}`)).toEqual([
      '0 teacher 0',
      '0 teacher 1',
      '1 student 0',
      '1 control 0',
    ]);
    const sides = await Promise.all(
      rounds.map(async ({ id }) => decodeModelFile(await loadFinal(bench, id)).graph.input.size),
    );
    expect(sides).toEqual([16, 24, 20, 20]);
    const [first, second, student] = rounds;
    expect(student?.selection?.['teacherIds']).toEqual([second?.id, first?.id]);
    expect(student?.metrics?.pseudo).toBeGreaterThan(0);
    // Judged by the mean of both that taught it, and by its control arm; frozen with it.
    expect(student?.standings).toMatchObject({ teacher: { n: 12 }, control: { n: 12 } });
    for (const round of [first, second]) expect(await differenceFromModel(round as RoundState)).toBeLessThan(ROUNDED);
  });

  it('CHAIN-10 lets the live teacher as it stands answer on the pool; its head is measured and travels', async () => {
    const body = { backboneId, side: 16 };
    const [frozen, live] = await Promise.all([
      runChain([backboneLink('teacher', 'frozen', body)], false),
      runChain([backboneLink('teacher', 'live', body), scratchLink('student', 'xs', 16)], false),
    ]).then((runs) => runs.map(([teacher]) => teacher as RoundState));
    const read = async (round: RoundState | undefined, split: 'pool' | 'validation') =>
      new Map(
        (await listPredictions(bench.db, { roundId: round?.id ?? '', of: { split } })).map((row) => [
          row.imageId,
          row.probabilities,
        ]),
      );
    const apart = async (split: 'pool' | 'validation'): Promise<number> => {
      const [one, other] = [await read(frozen, split), await read(live, split)];
      expect(one.size).toBe(other.size);
      const differences = [...one].flatMap(([id, row]) => row.map((p, c) => Math.abs(p - (other.get(id)?.[c] ?? NaN))));
      return Math.max(...differences);
    };
    expect(await apart('validation')).toBeLessThan(1e-5);
    expect(await apart('pool')).toBeGreaterThan(1e-3);
    expect(await differenceFromModel(live as RoundState)).toBeGreaterThan(1e-3);
  });

  it('CHAIN-6 trains a noisy head and its control arm, and exports what was measured', async () => {
    const rounds = await runChain([
      backboneLink('teacher', 'frozen', { backboneId, side: 16 }),
      backboneLink('student', 'noisy-head', { backboneId, side: 16 }),
    ]);
    expect(rounds.map(({ role }) => role)).toEqual(['teacher', 'student', 'control']);
    for (const round of rounds) {
      expect(round.metrics).toMatchObject({ valCount: 12, testCount: 9 });
      expect(await differenceFromModel(round)).toBeLessThan(ROUNDED);
    }
  });

  it('CHAIN-3 tunes a backbone on pseudo-labels, and distils the last student at its own view', async () => {
    const chain = [
      backboneLink('teacher', 'frozen', { backboneId, side: 16 }),
      { ...backboneLink('student', 'fine-tuned', { backboneId, side: 16 }), tunedShare: 0.5 },
      scratchLink('distilled', 'xs', 32),
    ];
    const rounds = await runChain(chain, false);
    expect(rounds.map(({ role }) => role)).toEqual(['teacher', 'student', 'distilled']);
    const { graph } = decodeModelFile(await loadFinal(bench, rounds[2]?.id ?? ''));
    expect(graph.input.size).toBe(16);
  });
});
