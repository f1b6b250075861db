import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashString, createRandom } from '#core/math/random.ts';
import { signed, unpackIds } from '#db/packed-embeddings.ts';
import { readCells, readCentres, readEmbeddings } from '#db/queries/image/embedding.ts';
import { ensureRound, getRoundState, listRoundStates } from '#db/queries/round/round-write.ts';
import { claimRun } from '#db/queries/run/run-claim.ts';
import { image } from '#db/schema/index.ts';
import { fitCompress } from '#ml/embedding/compress-embeddings.ts';
import type { RunContext } from '../hold/context.ts';
import type { Predictor } from '../model/predictor.ts';
import { createProgress } from '../hold/progress.ts';
import { scorePool } from './score-round.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { execute, text } from '#db/execute.ts';

let bench: TrainerBench;
let project: DrawnProject;
beforeAll(async () => {
  bench = await openTrainerBench();
  project = await createDrawnProject(bench.db, bench.blobs, {
    perClass: { pool: 14, validation: 4, test: 3 },
    labeledPerClass: 5,
  });
});
afterAll(() => bench.close());

const kept = async (): Promise<Set<string>> => {
  const rows = await execute(
    bench.db,
    sql`select round_id as id from embedding_shard union select round_id from embedding_cell`,
    { id: text },
  );
  return new Set(rows.map((row) => row.id));
};

describe('LEARN-24 embeddings of a round', () => {
  it(
    'hold every pool image once, in shards and in cells, but for control arms; those of superseded rounds ' + 'go',
    async () => {
      const pool = [...project.ids.pool].sort();
      const before = await createRun(bench.db, project, { control: true });
      expect(await bench.work(before)).toBe('finished');
      const rounds = await listRoundStates(bench.db, before);
      expect(await kept()).toEqual(new Set(rounds.filter(({ role }) => role !== 'control').map(({ id }) => id)));
      for (const id of await kept()) {
        expect(unpackIds((await readEmbeddings(bench.db, id)).imageIds).sort()).toEqual(pool);
        const { indexes } = await readCentres(bench.db, { roundId: id });
        expect(unpackIds((await readCells(bench.db, { roundId: id }, indexes)).imageIds).sort()).toEqual(pool);
      }
      const after = await createRun(bench.db, project);
      expect(await bench.work(after)).toBe('finished');
      expect(await kept()).toEqual(new Set((await listRoundStates(bench.db, after)).map(({ id }) => id)));
    },
  );

  it('stay comparable when scoring is interrupted and images are imported meanwhile', async () => {
    const { db } = bench;
    const { projectId, classIds } = await createDrawnProject(db, bench.blobs, {
      perClass: { pool: 14, validation: 1, test: 1 },
      labeledPerClass: 1,
    });
    const runId = await createRun(db, { ...project, projectId, classIds });
    const claimed = await claimRun(db, { runId, trainerId: 'test', seconds: 60 });
    const { id: roundId } = await ensureRound(db, {
      runId,
      index: 0,
      role: 'teacher',
      member: 0,
      model: 'xs',
      seed: 1,
      teacherRoundId: null,
    });
    // A model so large that a shard is sixteen images, and that answers from their names.
    const width = 5;
    const embed = (id: string): number[] => {
      const random = createRandom(hashString(id));
      return Array.from({ length: width }, (_, d) => random.normal() * (d + 1));
    };
    let asked: readonly { id: string }[] = [];
    const model = {
      inputSize: 2000,
      channels: 3,
      parameters: 0,
      close: () => Promise.resolve(),
      predict: () =>
        Promise.resolve({
          logits: new Float32Array(asked.length * classIds.length),
          embeddings: Float32Array.from(asked.flatMap(({ id }) => embed(id))),
          embeddingSize: width,
        }),
    } as Predictor;
    const context = {
      db,
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      hold: { runId, token: claimed?.trainerToken ?? 0 },
      trainerId: 'test',
      answerer: 'wasm',
      run: { id: runId, projectId, number: 1, classIds },
      now: () => 0,
      pixels: { load: (images: readonly { id: string }[]) => ((asked = images), Promise.resolve({})) },
    } as unknown as RunContext;
    const score = async (shards: number): Promise<void> =>
      scorePool(context, await getRoundState(db, roundId), model, {
        temperature: 1,
        keepsEmbeddings: true,
        progress: createProgress({ projectId, runId, roundId }, { send: () => undefined, now: () => 0 }),
        onShard: () => (shards-- > 0 ? Promise.resolve() : Promise.reject(new Error('killed'))),
      });
    await expect(score(2)).rejects.toThrow('killed');
    const first = unpackIds((await readEmbeddings(db, roundId)).imageIds).slice(0, 16);
    expect(unpackIds((await readEmbeddings(db, roundId)).imageIds)).toHaveLength(32);
    await db.insert(image).values(
      Array.from({ length: 9 }, (_, n) => ({
        projectId,
        contentHash: `0000 late ${n}`,
        fileName: 'late.png',
        width: 9,
        height: 9,
        channels: 3,
        bytes: 1,
        split: 'pool' as const,
      })),
    );
    await score(Infinity);
    const all = await readEmbeddings(db, roundId);
    const ids = unpackIds(all.imageIds);
    expect(new Set(ids).size).toBe(42 + 9);
    const compress = fitCompress(Float32Array.from(first.flatMap(embed)), width);
    expect(signed(all.embeddings)).toEqual(compress(Float32Array.from(ids.flatMap(embed))));
  });
});
