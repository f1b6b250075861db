import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertBackbone } from '#db/queries/run/backbone.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { backbone, checkpoint } from '#db/schema/index.ts';
import { createOrganization } from '#db/seed/factories.ts';
import { loadFinal } from '../model/checkpoints.ts';
import { decodeModelFile } from '../model/model-file.ts';
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
    perClass: { pool: 14, validation: 4, test: 3 },
    labeledPerClass: 5,
  });
});
afterAll(() => bench.close());

const rounds = (runId: string) => listRoundStates(bench.db, runId);

describe('a run from imported weights', () => {
  it.each([
    ['frozen', { method: 'frozen' as const, students: [] }, ['teacher backbone-head']],
    [
      'fine-tune',
      { method: 'fine-tune' as const, students: [], learningRate: 0.001, headLearningRate: 0.01 },
      ['teacher backbone-head'],
    ],
    [
      'distill',
      { method: 'distill' as const, students: [], exportModel: 'xs' as const, control: true },
      ['teacher backbone-head', 'distilled xs', 'control xs'],
    ],
  ])('LEARN-20 finishes: %s', async (_method, config, expected) => {
    const { db } = bench;
    const backboneId = await createDrawnBackbone(db, bench.blobs, project.organizationId);
    const runId = await createRun(db, project, { ...config, backboneId });
    expect(await bench.work(runId)).toBe('finished');
    const made = await rounds(runId);
    expect(made.map(({ role, model }) => `${role} ${model}`)).toEqual(expected);
    for (const { metrics } of made) expect(metrics).toMatchObject({ valCount: 12, testCount: 9 });
  });

  it('LEARN-11 distils without model noise, and trains the control arm as the same net', async () => {
    const { db } = bench;
    const runId = await createRun(db, project, {
      method: 'distill',
      students: [],
      exportModel: 'resnet8',
      control: true,
      dropout: 0.4,
      stochasticDepth: 0.2,
    });
    expect(await bench.work(runId)).toBe('finished');
    const noise = await Promise.all(
      (await rounds(runId)).map(async ({ id, role }) => {
        const { graph } = decodeModelFile(await loadFinal(bench, id));
        return [
          role,
          graph.nodes.some((node) => node.op === 'dropout'),
          graph.nodes.some((node) => node.op === 'add' && node.drop > 0),
        ];
      }),
    );
    expect(noise).toEqual([
      ['teacher', true, false],
      ['distilled', false, false],
      ['control', false, false],
    ]);
  });

  it(
    'LEARN-22 starts from a round of another project of the organization, with a head for its own ' + 'classes',
    async () => {
      const { db } = bench;
      const runId = await createRun(db, project, { students: [] });
      expect(await bench.work(runId)).toBe('finished');
      const [teacher] = await rounds(runId);
      const [weights] = await db
        .select()
        .from(checkpoint)
        .where(and(eq(checkpoint.roundId, teacher?.id ?? ''), eq(checkpoint.final, true)));
      const other = await createDrawnProject(db, bench.blobs, {
        perClass: { pool: 6, validation: 2, test: 1 },
        labeledPerClass: 4,
        classes: 2,
        seed: 23,
      });
      const backboneId = await insertBackbone(db, {
        organizationId: other.organizationId,
        name: 'earlier',
        blobKey: weights?.blobKey ?? '',
        sha256: weights?.sha256 ?? '',
        bytes: weights?.bytes ?? 0,
        inputSize: 16,
      });
      const next = await createRun(db, other, { method: 'frozen', students: [], backboneId });
      expect(await bench.work(next)).toBe('finished');
      const [made] = await rounds(next);
      expect(made).toMatchObject({ model: 'backbone-head', metrics: { valCount: 4, testCount: 2 } });
      expect(made?.metrics?.confusion).toHaveLength(2);
    },
  );

  it('ACCESS-2 cannot use the backbone of another organization', async () => {
    const { db } = bench;
    const backboneId = await createDrawnBackbone(db, bench.blobs, await createOrganization(db));
    const runId = await createRun(db, project, { method: 'frozen', students: [], backboneId });
    expect(await bench.work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain('does not exist');
  });

  it('RUN-9 says that the stored backbone is damaged', async () => {
    const { db } = bench;
    const backboneId = await createDrawnBackbone(db, bench.blobs, project.organizationId);
    const [row] = await db.select().from(backbone).where(eq(backbone.id, backboneId));
    const bytes = await bench.blobs.get(row?.blobKey ?? '');
    await bench.blobs.put(row?.blobKey ?? '', bytes.subarray(0, bytes.length - 40));
    const runId = await createRun(db, project, { method: 'frozen', students: [], backboneId });
    expect(await bench.work(runId)).toBe('failed');
    expect((await getRunState(db, runId)).message).toContain('Import it again');
    await bench.blobs.put(row?.blobKey ?? '', bytes);
  });
});
