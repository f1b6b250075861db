import { createHash, randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkpointKey, exportKey } from '#core/image/media.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { checkHashedBlobs } from '#db/check/check-blobs.ts';
import { checkAnnotations, checkConsensus, checkCounters, checkLeases } from '#db/check/check-rows.ts';
import { execute, number } from '#db/execute.ts';
import { lockProjectParts } from '#db/queries/project/project.ts';
import { deleteRunRows, setArchived } from '#db/queries/run/run-book.ts';
import { commandRun } from '#db/queries/run/run-write.ts';
import { insertServingChoice } from '#db/queries/serving/serving.ts';
import { annotation, checkpoint, modelExport } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { sweepBlobs } from '../upkeep/sweep-blobs.ts';

let test: TestServices;
let organizationId: string;
let lead: Awaited<ReturnType<typeof createMember>>;
let annotator: typeof lead;
let projectId: string;

beforeAll(async () => {
  test = await createTestServices();
  organizationId = await createOrganization(test.services.db);
  lead = await createMember(test.services.db, { organizationId, role: 'lead', name: 'Lea' });
  annotator = await createMember(test.services.db, { organizationId, role: 'annotator' });
});
afterAll(() => test.close());
beforeEach(async () => {
  ({ id: projectId } = await createProject(test.services.db, { organizationId, classes: ['ape', 'bee'] }));
  await createImages(test.services.db, { projectId, count: 40 });
  await createImages(test.services.db, { projectId, count: 20, split: 'validation', name: 'v' });
});

const makeRun = (options: Partial<Parameters<typeof createFinishedRun>[1]> = {}) =>
  createFinishedRun(test.services.db, { projectId, memberId: lead.memberId, ...options });
const asLead = () => test.as(lead).run;
const acted = async () => (await test.as(lead).people.activity({ organizationId })).map(({ action }) => action);

describe('the bench book', () => {
  it('RUN-50 leads name, describe and tag a run while it trains; others read it, nobody else writes it', async () => {
    const { runId } = await makeRun({ status: 'training' });
    const at = { projectId, runId };
    await asLead().describe({ ...at, name: '  weaker   noise ', addTags: ['paper', 'Paper', ' base '] });
    await asLead().describe({ ...at, notes: { text: '**why**: cutout hides digits', from: '' } });
    const read = { name: 'weaker noise', notes: '**why**: cutout hides digits', tags: ['base', 'paper'] };
    expect(await test.as(annotator).run.get(at)).toMatchObject(read);
    expect((await test.as(annotator).run.list({ projectId }))[0]).toMatchObject(read);
    expect(await acted()).toContain('run:described');
    await expect(test.as(annotator).run.describe({ ...at, name: 'mine' })).rejects.toThrow('does not allow');
    const other = await createProject(test.services.db, { organizationId, classes: ['x', 'y'] });
    await expect(asLead().describe({ projectId: other.id, runId, name: 'theirs' })).rejects.toThrow('does not exist');
    await expect(asLead().describe({ ...at, name: 'x'.repeat(81) })).rejects.toThrow('name');
  });

  it('RUN-50 leads who tag at once keep all their tags, and nobody writes over notes they have not read', async () => {
    const { runId } = await makeRun();
    const at = { projectId, runId };
    await asLead().describe({ ...at, addTags: ['old'] });
    await Promise.all([
      ...['a', 'b', 'c', 'd'].map((tag) => asLead().describe({ ...at, addTags: [tag] })),
      asLead().describe({ ...at, removeTags: ['OLD'] }),
    ]);
    expect((await asLead().get(at)).tags).toEqual(['a', 'b', 'c', 'd']);
    const many = Array.from({ length: 17 }, (_, index) => `tag ${index}`);
    await expect(asLead().describe({ ...at, addTags: many })).rejects.toThrow('at most 20 tags');
    await asLead().describe({ ...at, notes: { text: 'mine', from: '' } });
    await expect(asLead().describe({ ...at, notes: { text: 'yours', from: '' } })).rejects.toThrow('meanwhile');
    await asLead().describe({ ...at, notes: { text: 'both', from: 'mine' } });
    expect((await asLead().get(at)).notes).toBe('both');
  });

  it('RUN-50 RUN-53 a run starts with its name, and another one like it with all its settings', async () => {
    await makeRun();
    const config = { ...DEFAULT_RUN_CONFIG, floor: 0.55 };
    const first = await asLead().start({ projectId, config, name: ' higher  floor ' });
    const like = await asLead().get({ projectId, runId: first.runId });
    expect(like).toMatchObject({ name: 'higher floor', config: { floor: 0.55 } });
    const second = await asLead().start({ projectId, config: like.config });
    expect(await asLead().get({ projectId, runId: second.runId })).toMatchObject({ name: '', config: like.config });
  });

  it('RUN-51 an archived run is left out of the list unless asked for, and comes back as it was', async () => {
    const { runId } = await makeRun();
    const at = { projectId, runId };
    const before = await asLead().get(at);
    await asLead().archive({ ...at, archived: true });
    expect(await asLead().list({ projectId })).toEqual([]);
    expect(await asLead().list({ projectId, archived: true })).toHaveLength(1);
    expect(await test.as(lead).compare.rounds({ projectId })).not.toEqual([]);
    await asLead().archive({ ...at, archived: false });
    expect(await asLead().get(at)).toEqual(before);
    expect(await acted()).toEqual(expect.arrayContaining(['run:archived', 'run:unarchived']));
    const { runId: working } = await makeRun({ status: 'training', seed: 2 });
    await expect(asLead().archive({ projectId, runId: working, archived: true })).rejects.toThrow('has not ended');
    await expect(test.as(annotator).run.archive({ ...at, archived: true })).rejects.toThrow('does not allow');
  });

  it('RUN-51 a run that is resumed comes out of the archive, and a change of nothing is refused', async () => {
    const { runId } = await makeRun({ status: 'failed' });
    const at = { projectId, runId };
    await asLead().archive({ ...at, archived: true });
    await commandRun(test.services.db, { ...at, command: 'resume' });
    expect(await asLead().get(at)).toMatchObject({ status: 'queued', archivedAt: null });
    // Who read that it rests, and comes after the resume.
    expect(await setArchived(test.services.db, { ...at, archived: true, statuses: ['failed'] })).toBe(false);
    await expect(asLead().describe(at)).rejects.toThrow('Nothing to change');
  });
});

describe('deleting a run', () => {
  const tables = ['prediction', 'pseudo_label', 'round_label', 'round_point', 'checkpoint', 'export', 'review_item'];
  const left = async (roundIds: string[]) => {
    const counts = await Promise.all(
      tables.map((table) =>
        execute(
          test.services.db,
          sql`select count(*)::int as n from ${sql.identifier(table)} where round_id = any(${sql.param(roundIds)})`,
          { n: number },
        ),
      ),
    );
    return counts.map(([row]) => row?.n);
  };
  const keep = async (key: string, bytes: Buffer) => {
    await test.services.blobs.put(key, bytes);
    return { blobKey: key, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  };

  it('RUN-52 keeps nobody from labeling while it goes', async () => {
    const { db } = test.services;
    const { runId } = await makeRun();
    const [imageId = ''] = await createImages(db, { projectId, count: 1, name: 'meanwhile' });
    await db.transaction(async (tx) => {
      await lockProjectParts(tx, projectId);
      expect(await deleteRunRows(tx, { projectId, runId, statuses: ['finished'] })).toBe(true);
      // Another connection, while this transaction is open: a row that refers to the project would wait for its lock.
      await db.transaction(async (other) => {
        await other.execute(sql`set local lock_timeout = '2s'`);
        await other.insert(annotation).values({
          id: randomUUID(),
          projectId,
          memberId: lead.memberId,
          imageId,
          kind: 'skip',
          source: 'label',
        });
      });
    });
  });

  it('RUN-52 says what goes, and takes rows and files with it, but no answer of a person', async () => {
    const { db, blobs } = test.services;
    const kept = await makeRun({ seed: 1 });
    const gone = await makeRun({ seed: 2 });
    for (const { runId, roundIds } of [kept, gone]) {
      const [roundId = ''] = roundIds;
      await db.insert(checkpoint).values({
        roundId,
        step: 1,
        final: true,
        ...(await keep(checkpointKey(runId, roundId, 1), Buffer.from(`weights of ${runId}`))),
      });
      const [made] = await db
        .insert(modelExport)
        .values({ projectId, roundId, kind: 'model', format: 'onnx', status: 'ready' })
        .returning({ id: modelExport.id });
      const file = await keep(exportKey(projectId, made?.id ?? ''), Buffer.from(`zip of ${runId}`));
      await db
        .update(modelExport)
        .set(file)
        .where(eq(modelExport.id, made?.id ?? ''));
    }
    const at = { projectId, runId: gone.runId };
    // As fsck looks; the factory's own answers are not all settled, and nothing of that may change.
    const check = async () => [
      await checkAnnotations(db),
      await checkLeases(db, false),
      await checkConsensus(db, false),
      await checkCounters(db, false),
      await checkHashedBlobs({ db, blobs }, { deep: true }),
    ];
    const before = await check();
    const answers = await execute(db, sql`select count(*)::int as n from annotation`, { n: number });
    const other = await left(kept.roundIds);
    const preview = await asLead().previewDeletion(at);
    expect(preview.goes).toMatchObject({ rounds: 5, checkpoints: 1, exports: 1 });
    expect(preview.goes.predictions).toBeGreaterThan(100);

    await expect(test.as(annotator).run.delete(at)).rejects.toThrow('does not allow');
    await asLead().delete({ ...at, confirmName: preview.confirmName });
    await expect(asLead().get(at)).rejects.toThrow('does not exist');
    expect(await left(gone.roundIds)).toEqual(tables.map(() => 0));
    expect(await left(kept.roundIds)).toEqual(other);
    expect(await execute(db, sql`select count(*)::int as n from annotation`, { n: number })).toEqual(answers);
    expect(await sweepBlobs(test.services)).toBe(2);
    expect(await check()).toEqual(before);
    expect(before.at(-1)).toMatchObject({ count: 0 });
    expect(await acted()).toContain('run:deleted');
  });

  it('RUN-52 is refused before the run has ended, and asks for the name of the one that stands best', async () => {
    const { runId } = await makeRun({ status: 'paused' });
    const at = { projectId, runId };
    await asLead().describe({ ...at, name: 'the good one' });
    await expect(asLead().delete({ ...at, confirmName: 'the good one' })).rejects.toThrow('has not ended');
    await asLead().control({ ...at, command: 'cancel' });
    expect(await asLead().previewDeletion(at)).toMatchObject({ speaks: true, confirmName: 'the good one' });
    await expect(asLead().delete(at)).rejects.toThrow('stands best');
    await expect(asLead().delete({ ...at, confirmName: 'another' })).rejects.toThrow('stands best');
    await asLead().delete({ ...at, confirmName: 'the good one' });
    expect(await asLead().list({ projectId, archived: true })).toEqual([]);
  });

  it('RUN-52 asks for the name of a run that was promoted while its deletion was on its way', async () => {
    const { services } = test;
    const { runId, roundIds } = await makeRun({
      plan: [{ index: 0, role: 'teacher', model: 'xs', accuracy: 0.2 }],
      seed: 1,
    });
    await makeRun({ seed: 2 });
    const at = { projectId, runId };
    expect(await asLead().previewDeletion(at)).toMatchObject({ speaks: false, serves: false, confirmName: null });
    let deletion: Promise<unknown> | undefined;
    await services.db.transaction(async (tx) => {
      // As `promoteRound` writes it.
      await lockProjectParts(tx, projectId);
      const choice = { kind: 'promote', roundId: roundIds[0] ?? '', restoresId: null, title: '' } as const;
      await insertServingChoice(tx, { projectId, memberId: lead.memberId, ...choice });
      deletion = asLead()
        .delete(at)
        .catch((error: unknown) => error);
      await expect
        .poll(
          async () =>
            (
              await services.pool.query(
                `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
              )
            ).rowCount,
        )
        .toBe(1);
    });
    expect(await deletion).toMatchObject({ message: expect.stringContaining('predicts in this project') as string });
    expect(await asLead().previewDeletion(at)).toMatchObject({ serves: true, confirmName: 'Run 1' });
  });

  it('RUN-52 gives the number of a deleted run to no other one', async () => {
    await makeRun({ seed: 1 });
    const { runId } = await makeRun({ seed: 2 });
    const { confirmName } = await asLead().previewDeletion({ projectId, runId });
    await asLead().delete({ projectId, runId, confirmName });
    expect(await asLead().start({ projectId, config: DEFAULT_RUN_CONFIG })).toMatchObject({ number: 3 });
  });
});
