import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobStore } from '#db/blobs/types.ts';
import { findFinalCheckpoint, findLatestCheckpoint } from '#db/queries/round/checkpoint.ts';
import type { CheckpointRow } from '#db/queries/round/checkpoint.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { commandRun } from '#db/queries/run/run-write.ts';
import { prediction } from '#db/schema/index.ts';
import { holdMemory } from '#ml/engine/testing-memory.ts';
import { createDrawnBackbone } from '../testing/drawn-backbone.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';

let bench: TrainerBench;
let project: DrawnProject;
beforeAll(async () => {
  bench = await openTrainerBench();
  project = await createDrawnProject(bench.db, bench.blobs, {
    perClass: { pool: 8, validation: 3, test: 2 },
    labeledPerClass: 4,
  });
});
afterAll(() => bench.close());

const resume = (runId: string) => commandRun(bench.db, { projectId: project.projectId, runId, command: 'resume' });
/** The store, with something done after each checkpoint that it takes. */
const afterEach = (then: (key: string) => void): BlobStore => ({
  ...bench.blobs,
  put: async (key, bytes) => {
    await bench.blobs.put(key, bytes);
    if (key.startsWith('runs/')) then(key);
  },
});
const stateOf = (runId: string) => getRunState(bench.db, runId);

describe('a backbone made for another image side', () => {
  it(
    'LEARN-23 is refused on the run where nothing would be left to look at, with both sides and what ' + 'fits',
    async () => {
      const { db, blobs } = bench;
      const backboneId = await createDrawnBackbone(db, blobs, project.organizationId, { side: 32, average: 9 });
      const refused = await createRun(db, project, { method: 'frozen', students: [], backboneId });
      expect(await bench.work(refused)).toBe('failed');
      expect((await stateOf(refused)).message).toMatch(/32×32 .*16×16.* image side of 32 px, or any from 17 px on\./);
      const fitting = await createRun(db, project, { method: 'frozen', students: [], backboneId, inputSize: 17 });
      expect(await bench.work(fitting)).toBe('finished');
      expect((await listRoundStates(db, fitting))[0]?.metrics).toMatchObject({ valCount: 9, testCount: 6 });
    },
  );
});

describe('an evaluation that is cut short', () => {
  it('RUN-24 leaves no answers on validation without the figures that they are counted into', async () => {
    const { db } = bench;
    const runId = await createRun(db, project, { students: [] });
    await db.execute(
      sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full';
        end $$`,
    );
    await db.execute(
      sql`create trigger refuse before update on round for each row when (old.metrics is null
        and new.metrics is not null) execute function refuse()`,
    );
    await expect(bench.work(runId)).rejects.toThrow();
    const [teacher] = await listRoundStates(db, runId);
    expect(teacher?.stage).toBe('evaluating');
    expect(await db.$count(prediction, eq(prediction.roundId, teacher?.id ?? ''))).toBe(0);
    await db.execute(sql`drop trigger refuse on round`);
    expect(await bench.work(runId)).toBe('finished');
    expect(await db.$count(prediction, eq(prediction.roundId, teacher?.id ?? ''))).toBe(24 + 9);
  });
});

describe('trouble around a run', () => {
  it('OPS-45 gives the run back with its cause, and it goes on where it was once that is over', async () => {
    const runId = await createRun(bench.db, project, { students: [] });
    for (const [code, words] of [
      ['ENOSPC', /disk of the server is full/],
      ['EROFS', /cannot be written/],
    ] as const) {
      const blobs: BlobStore = {
        ...bench.blobs,
        put: async () => {
          throw Object.assign(new Error(code), { code });
        },
      };
      await expect(bench.work(runId, { blobs })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(await stateOf(runId)).toMatchObject({ status: 'queued', message: expect.stringMatching(words) });
    }
    expect(await bench.work(runId)).toBe('finished');
    expect((await stateOf(runId)).message ?? '').not.toMatch(/disk/);
  });
});

describe('a checkpoint that was damaged', () => {
  /** Works until the teacher has stored its first checkpoint. */
  async function leaveInTraining(runId: string): Promise<CheckpointRow> {
    const stop = new AbortController();
    expect(
      await bench.work(runId, { signal: stop.signal, blobs: afterEach(() => setImmediate(() => stop.abort())) }),
    ).toBe('taken');
    const [teacher] = await listRoundStates(bench.db, runId);
    const row = await findLatestCheckpoint(bench.db, teacher?.id ?? '');
    if (!row) throw new Error('no checkpoint was stored');
    return row;
  }
  const finalWeights = async (runId: string): Promise<Buffer> => {
    const [teacher] = await listRoundStates(bench.db, runId);
    return bench.blobs.get((await findFinalCheckpoint(bench.db, teacher?.id ?? ''))?.blobKey ?? '');
  };

  it.each([
    [
      'a flipped bit',
      (bytes: Buffer) => bytes.fill((bytes[bytes.length - 2] ?? 0) ^ 1, bytes.length - 2, bytes.length - 1),
    ],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['gone', () => null],
  ])('RUN-13 is not learned from, and the round trains from its start: %s', async (_what, damage) => {
    const runId = await createRun(bench.db, project, { students: [] });
    const row = await leaveInTraining(runId);
    expect(row).toMatchObject({ final: false, step: 5 });
    const broken = damage(Buffer.from(await bench.blobs.get(row.blobKey)));
    if (broken) await bench.blobs.put(row.blobKey, broken);
    else await bench.blobs.delete(row.blobKey);
    const steps: string[] = [];
    expect(
      await bench.work(runId, { blobs: afterEach((key) => steps.push(key.slice(key.lastIndexOf('/') + 1))) }),
    ).toBe('finished');
    expect(steps).toEqual(['5.weights', '10.weights', '12.weights']);
  });

  it('RUN-3 a whole one is gone on from', async () => {
    const runId = await createRun(bench.db, project, { students: [] });
    await leaveInTraining(runId);
    const steps: string[] = [];
    expect(
      await bench.work(runId, { blobs: afterEach((key) => steps.push(key.slice(key.lastIndexOf('/') + 1))) }),
    ).toBe('finished');
    expect(steps).toEqual(['10.weights', '12.weights']);
  });

  it(
    'RUN-13 finished weights that are damaged fail the run with their file, and it goes on once they are ' + 'restored',
    async () => {
      const runId = await createRun(bench.db, project);
      const stop = new AbortController();
      const finals = afterEach((key) => {
        if (key.endsWith('/12.weights')) setImmediate(() => stop.abort());
      });
      expect(await bench.work(runId, { signal: stop.signal, blobs: finals })).toBe('taken');
      const whole = await finalWeights(runId);
      const [teacher] = await listRoundStates(bench.db, runId);
      const key = (await findFinalCheckpoint(bench.db, teacher?.id ?? ''))?.blobKey ?? '';
      const broken = Buffer.from(whole);
      broken.writeFloatLE(0.5, broken.length - 8);
      await bench.blobs.put(key, broken);
      expect(await bench.work(runId)).toBe('failed');
      expect((await stateOf(runId)).message).toContain(`(${key}) are damaged or gone. Restore`);
      await bench.blobs.put(key, whole);
      await resume(runId);
      expect(await bench.work(runId)).toBe('finished');
    },
  );
});

describe('memory that runs out', () => {
  it(
    'RUN-14 in the middle of training fails the run with what to lower; it goes on from its checkpoint, and other ' +
      'runs are not harmed',
    async () => {
      const runId = await createRun(bench.db, project, { students: [] });
      let release = (): void => undefined;
      expect(
        await bench.work(runId, {
          blobs: afterEach(() => {
            release = holdMemory(2 ** 32);
          }),
        }),
      ).toBe('failed');
      release();
      const failed = await stateOf(runId);
      expect(failed).toMatchObject({ status: 'failed', trainerId: null });
      expect(failed.message).toMatch(/^Learning ran out of memory \(.* MiB more were needed\)\. .*PUPIL_THREADS/);
      expect(failed.message).toMatch(/smaller batch, image side or model\.$/);
      const other = await createRun(bench.db, project, { students: [] });
      expect(await bench.work(other)).toBe('finished');
      await resume(runId);
      const steps: string[] = [];
      expect(
        await bench.work(runId, { blobs: afterEach((key) => steps.push(key.slice(key.lastIndexOf('/') + 1))) }),
      ).toBe('finished');
      expect(steps).toEqual(['10.weights', '12.weights']);
    },
  );
});

describe('images of a single pixel', () => {
  it.each(['xs', 'resnet8'] as const)('RUN-15 are learned from like others: %s', async (teacher) => {
    const tiny = await createDrawnProject(bench.db, bench.blobs, {
      perClass: { pool: 8, validation: 3, test: 2 },
      labeledPerClass: 4,
      side: 1,
      seed: 3,
    });
    const runId = await createRun(bench.db, tiny, { teacher, students: [teacher] });
    expect(await bench.work(runId)).toBe('finished');
    for (const { metrics } of await listRoundStates(bench.db, runId))
      expect(metrics).toMatchObject({ valCount: 9, testCount: 6 });
  });
});
