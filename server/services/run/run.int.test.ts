import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { chainOf } from '#core/run/chain-of.ts';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RunStatus } from '#core/run/run.ts';
import { listUnheldRuns } from '#db/queries/run/run-claim.ts';
import { activity, image, round, run } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
let organizationId: string;
let lead: Awaited<ReturnType<typeof createMember>>;
let viewer: typeof lead;
let annotator: typeof lead;
let project: Awaited<ReturnType<typeof createProject>>;

beforeAll(async () => {
  test = await createTestServices();
  organizationId = await createOrganization(test.services.db);
  lead = await createMember(test.services.db, { organizationId, role: 'lead', name: 'Lea' });
  viewer = await createMember(test.services.db, { organizationId, role: 'viewer' });
  annotator = await createMember(test.services.db, { organizationId, role: 'annotator' });
});
beforeEach(async () => {
  project = await createProject(test.services.db, { organizationId, classes: ['ape', 'bee'] });
});
afterAll(() => test.close());

const label = async (split: 'pool' | 'validation' | 'test', classIndex: number, count = 1) => {
  const ids = await createImages(test.services.db, {
    projectId: project.id,
    count,
    split,
    name: `${split}-${classIndex}`,
  });
  for (const id of ids) {
    await test.services.db
      .update(image)
      .set({ consensusState: 'agreed', consensusClassIds: [project.classes[classIndex]?.id ?? ''], answerCount: 1 })
      .where(eq(image.id, id));
  }
};
const start = () => test.as(lead).run.start({ projectId: project.id, config: DEFAULT_RUN_CONFIG });
const ready = async () => {
  await label('pool', 0);
  await label('pool', 1);
  await label('validation', 0);
};
const setStatus = (runId: string, status: RunStatus) =>
  test.services.db.update(run).set({ status }).where(eq(run.id, runId));

describe('starting a run', () => {
  it('RUN-20 says what is missing: labels, a second class, validation', async () => {
    await expect(start()).rejects.toThrow('No image of the pool is labeled yet');
    await label('pool', 0);
    await expect(start()).rejects.toThrow('Only one class has labeled images');
    await label('pool', 1);
    await expect(start()).rejects.toThrow('No image is held out for validation');
    await label('validation', 0);
    await expect(start()).resolves.toMatchObject({ number: 1 });
  });

  it('RUN-20 refuses a project with one class', async () => {
    project = await createProject(test.services.db, { organizationId, classes: ['ape'] });
    await expect(start()).rejects.toThrow('at least two classes');
  });

  it('RUN-35 counts what is left unlabeled and what measures each class', async () => {
    await ready();
    expect(await test.as(lead).run.readiness({ projectId: project.id })).toMatchObject({ unlabeled: 0 });
    await createImages(test.services.db, { projectId: project.id, count: 3 });
    expect(await test.as(lead).run.readiness({ projectId: project.id })).toMatchObject({ unlabeled: 3 });
    await label('test', 1);
    const { classes } = await test.as(lead).run.readiness({ projectId: project.id });
    expect(classes.map((one) => one.test)).toEqual([0, 1]);
  });

  it('RUN-22 freezes settings and class order, queues it, and writes down who did it', async () => {
    await ready();
    const { runId } = await start();
    const [row] = await test.services.db.select().from(run).where(eq(run.id, runId));
    expect(row).toMatchObject({
      status: 'queued',
      config: { ...DEFAULT_RUN_CONFIG, chain: chainOf(DEFAULT_RUN_CONFIG) },
      classIds: project.classes.map(({ id }) => id),
      createdBy: lead.memberId,
    });
    const [done] = await test.services.db.select().from(activity).where(eq(activity.projectId, project.id));
    expect(done).toMatchObject({ action: 'run:started', memberId: lead.memberId, subject: 'Run 1' });
  });

  it('CHAIN-7 recommends a chain that starts as it is, with its reasons and time, to leads', async () => {
    await ready();
    const advice = await test.as(lead).run.recommendation({ projectId: project.id });
    expect(advice.why.length).toBeGreaterThan(0);
    expect(advice.seconds).toBeGreaterThan(0);
    const { chain, steps, teacherSteps } = advice;
    const config = { ...DEFAULT_RUN_CONFIG, chain, steps, teacherSteps };
    const { runId } = await test.as(lead).run.start({ projectId: project.id, config });
    expect((await test.as(lead).run.get({ projectId: project.id, runId })).config.chain).toEqual(chain);
  });

  it('numbers runs that start at once one after the other', async () => {
    await ready();
    const started = await Promise.all([start(), start(), start(), start()]);
    expect(started.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
  });

  it('RUN-21 refuses settings that do not fit together', async () => {
    await ready();
    await expect(
      test.as(lead).run.start({ projectId: project.id, config: { ...DEFAULT_RUN_CONFIG, students: [] } }),
    ).rejects.toThrow('student round');
    await expect(
      test.as(lead).run.start({ projectId: project.id, config: { ...DEFAULT_RUN_CONFIG, steps: -1 } }),
    ).rejects.toThrow('config.steps');
  });

  it('RUN-26 viewers and annotators read runs but cannot start or steer one; a stranger sees nothing', async () => {
    await ready();
    const { runId } = await start();
    for (const member of [viewer, annotator]) {
      await expect(test.as(member).run.start({ projectId: project.id, config: DEFAULT_RUN_CONFIG })).rejects.toThrow(
        'does not allow',
      );
      await expect(test.as(member).run.control({ projectId: project.id, runId, command: 'cancel' })).rejects.toThrow(
        'does not allow',
      );
      expect(await test.as(member).run.list({ projectId: project.id })).toHaveLength(1);
    }
    const stranger = await createMember(test.services.db, {
      organizationId: await createOrganization(test.services.db),
      role: 'owner',
    });
    await expect(test.as(stranger).run.get({ projectId: project.id, runId })).rejects.toThrow('does not exist');
    const other = await createProject(test.services.db, { organizationId, classes: ['x', 'y'] });
    await expect(test.as(lead).run.get({ projectId: other.id, runId })).rejects.toThrow('does not exist');
    await expect(test.as(lead).run.curve({ projectId: other.id, runId })).rejects.toThrow('does not exist');
  });
});

describe('several runs as one', () => {
  const vary = [
    { key: 'floor', values: [0.3, 0.5] },
    { key: 'seed', values: [5, 6] },
  ] as const;
  const startSweep = (more: object = {}) =>
    test.as(lead).run.start({
      projectId: project.id,
      config: DEFAULT_RUN_CONFIG,
      name: 'floors',
      vary: vary.map(({ key, values }) => ({ key, values: [...values] })),
      ...more,
    });

  it('RUN-60 queues every combination in order, named and tagged alike, and nothing of what is refused', async () => {
    await expect(startSweep()).rejects.toThrow('No image of the pool');
    await ready();
    const started = await startSweep();
    expect(started).toMatchObject({ number: 1, runs: 4 });
    const runs = (await test.as(viewer).run.book({ projectId: project.id })).toReversed();
    expect(runs.map(({ name }) => name)).toEqual([
      'floors: Confidence floor 30%, Seed 5',
      'floors: Confidence floor 50%, Seed 5',
      'floors: Confidence floor 30%, Seed 6',
      'floors: Confidence floor 50%, Seed 6',
    ]);
    expect(runs.map(({ config }) => [config.floor, config.seed])).toEqual([
      [0.3, 5],
      [0.5, 5],
      [0.3, 6],
      [0.5, 6],
    ]);
    expect(runs.every(({ sweepId, tags }) => sweepId === started.sweepId && tags.join() === 'floors')).toBe(true);
    const queue = await listUnheldRuns(test.services.db);
    expect(queue.slice(-4)).toEqual(runs.map(({ id }) => id));
    await expect(startSweep({ vary: [{ key: 'dropout', values: [0.1, 7] }] })).rejects.toThrow('dropout');
    await expect(startSweep({ vary: [{ key: 'temperature', values: [1, 2] }] })).rejects.toThrow('does not apply');
    expect(await test.as(lead).run.list({ projectId: project.id })).toHaveLength(4);
    expect(await start()).toMatchObject({ number: 5, sweepId: null, runs: 1 });
  });

  it('RUN-60 stops together what has not ended, and nothing else', async () => {
    await ready();
    const { sweepId, runId } = await startSweep();
    const at = { projectId: project.id, sweepId: sweepId ?? '' };
    await start();
    await setStatus(runId, 'finished');
    await expect(test.as(annotator).run.stopSweep(at)).rejects.toThrow('does not allow');
    const other = await createProject(test.services.db, { organizationId, classes: ['x', 'y'] });
    expect(await test.as(lead).run.stopSweep({ ...at, projectId: other.id })).toEqual({ cancelled: 0 });
    expect(await test.as(lead).run.stopSweep(at)).toEqual({ cancelled: 3 });
    expect(await test.as(lead).run.stopSweep(at)).toEqual({ cancelled: 0 });
    const runs = await test.as(lead).run.list({ projectId: project.id });
    expect(runs.map(({ status }) => status)).toEqual(['queued', 'cancelled', 'cancelled', 'cancelled', 'finished']);
  });
});

describe('steering a run', () => {
  it('RUN-23 moves along the transition table and refuses what it does not allow', async () => {
    await ready();
    const { runId } = await start();
    const control = (command: 'cancel' | 'pause' | 'resume' | 'go-on') =>
      test.as(lead).run.control({ projectId: project.id, runId, command });
    expect(await control('pause')).toEqual({ status: 'paused' });
    await expect(control('pause')).rejects.toThrow('is paused and cannot be paused now');
    expect(await control('resume')).toEqual({ status: 'queued' });
    await expect(control('go-on')).rejects.toThrow('cannot be let go on');
    await setStatus(runId, 'waiting-review');
    expect(await control('go-on')).toEqual({ status: 'queued' });
    expect(await control('cancel')).toEqual({ status: 'cancelled' });
    expect((await test.as(lead).run.get({ projectId: project.id, runId })).endedAt).toBeInstanceOf(Date);
    expect(await control('resume')).toEqual({ status: 'queued' });
    expect((await test.as(lead).run.get({ projectId: project.id, runId })).endedAt).toBeNull();
    await setStatus(runId, 'finished');
    await expect(control('cancel')).rejects.toThrow('is finished');
  });

  it('RUN-23 lets one of two leads who command at once win', async () => {
    await ready();
    const { runId } = await start();
    const pause = () =>
      test
        .as(lead)
        .run.control({ projectId: project.id, runId, command: 'pause' })
        .then(
          () => true,
          () => false,
        );
    expect((await Promise.all([pause(), pause(), pause()])).filter(Boolean)).toHaveLength(1);
  });

  it('RUN-30 thresholds go to the rounds still to come, only for classes of the run, only while it lives', async () => {
    await ready();
    const { runId } = await start();
    const classId = project.classes[0]?.id ?? '';
    await test.as(lead).run.applyThresholds({ projectId: project.id, runId, classFloors: { [classId]: 0.83 } });
    expect((await test.as(lead).run.get({ projectId: project.id, runId })).config).toEqual({
      ...DEFAULT_RUN_CONFIG,
      chain: chainOf(DEFAULT_RUN_CONFIG),
      classFloors: { [classId]: 0.83 },
    });
    await expect(
      test.as(lead).run.applyThresholds({ projectId: project.id, runId, classFloors: { [runId]: 0.5 } }),
    ).rejects.toThrow('does not have');
    await setStatus(runId, 'finished');
    await expect(test.as(lead).run.applyThresholds({ projectId: project.id, runId, classFloors: {} })).rejects.toThrow(
      'has ended',
    );
  });
});

describe('deciding a round', () => {
  it('RUN-31 a lead rolls back and accepts a finished student; teacher and control stay', async () => {
    await createImages(test.services.db, { projectId: project.id, count: 60 });
    await createImages(test.services.db, { projectId: project.id, count: 20, split: 'validation' });
    const { roundIds } = await createFinishedRun(test.services.db, { projectId: project.id, memberId: lead.memberId });
    const [teacher = '', student = '', control = ''] = roundIds;
    const decide = (roundId: string, verdict: 'accept' | 'roll-back') =>
      test.as(lead).round.decide({ projectId: project.id, roundId, verdict });
    await decide(student, 'roll-back');
    const read = async () => (await test.as(viewer).round.get({ projectId: project.id, roundId: student })).round;
    expect(await read()).toMatchObject({
      verdict: 'roll-back',
      decidedBy: lead.memberId,
      verdictReason: 'Better than its teacher on validation. Rolled back by Lea.',
    });
    expect((await read()).rolledBackAt).toBeInstanceOf(Date);
    await decide(student, 'accept');
    expect(await read()).toMatchObject({ verdict: 'accept', rolledBackAt: null });
    await expect(decide(teacher, 'roll-back')).rejects.toThrow('nothing came before it');
    await expect(decide(control, 'accept')).rejects.toThrow('control arm');
    await test.services.db.update(round).set({ stage: 'training' }).where(eq(round.id, student));
    await expect(decide(student, 'roll-back')).rejects.toThrow('still training');
    await expect(
      test.as(annotator).round.decide({ projectId: project.id, roundId: student, verdict: 'accept' }),
    ).rejects.toThrow('does not allow');
  });
});
