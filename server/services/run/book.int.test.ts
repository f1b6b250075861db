import protobuf from 'protobufjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bookColumns } from '#core/book/book-table.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import { openDatabase } from '#db/client.ts';
import { listBook, listOverlay } from '#db/queries/run/book-read.ts';
import { getProject } from '#db/queries/project/project.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createManyRuns } from '#db/seed/many-runs.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { watchRoundTrips } from '#db/testing/round-trips.ts';
import { buffer } from 'node:stream/consumers';
import { openMlflow } from '../export/open-mlflow.ts';
import { openEvents } from '../export/open-events.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
let projects: { id: string; classes: { id: string }[] }[];

beforeAll(async () => {
  test = await createTestServices();
  const organizationId = await createOrganization(test.services.db);
  lead = await createMember(test.services.db, { organizationId, role: 'lead', name: 'Lea' });
  projects = await Promise.all(
    [1, 2, 3].map(() => createProject(test.services.db, { organizationId, classes: ['ape', 'bee'] })),
  );
});
afterAll(() => test.close());

it('RUN-54 two hundred runs are read by as many statements as two, and without their matrices', async () => {
  const counts: number[] = [];
  for (const [at, count] of [2, 200].entries()) {
    const project = projects[at];
    if (!project) throw new Error('no project');
    const place = { projectId: project.id, memberId: lead.memberId, classIds: project.classes.map(({ id }) => id) };
    await createManyRuns(test.services.db, { ...place, count, points: 1 });
    const one = openDatabase(test.services.env.DATABASE_URL, { max: 1 });
    const seen = watchRoundTrips(one.pool);
    const runs = await listBook(one.db, { projectId: project.id, archived: false });
    counts.push(seen.statements.length);
    await one.close();
    expect(runs).toHaveLength(count);
    expect(runs.every(({ rounds }) => rounds.length === 3)).toBe(true);
    expect(JSON.stringify(runs)).not.toMatch(/confusion|thresholds/);
  }
  expect(counts).toEqual([2, 2]);
});

it('RUN-54 gives each run its figures as they are stored, to everybody who reads runs', async () => {
  const project = projects[2];
  if (!project) throw new Error('no project');
  await createImages(test.services.db, { projectId: project.id, count: 40 });
  await createImages(test.services.db, { projectId: project.id, count: 20, split: 'validation', name: 'v' });
  const { runId } = await createFinishedRun(test.services.db, { projectId: project.id, memberId: lead.memberId });
  const [row] = await test.as(lead).run.book({ projectId: project.id });
  const { rounds } = await test.as(lead).run.get({ projectId: project.id, runId });
  const final = rounds.find(({ role, index }) => role === 'student' && index === 2);
  const columns = bookColumns(row ? [row] : [], { backbones: new Map(), classes: new Map() });
  const cell = row && columns.find(({ key }) => key === 'validation')?.cell(row);
  expect(cell).toMatchObject({ number: final?.metrics?.valAccuracy, interval: final?.metrics?.valInterval });
  expect(row?.rounds.map(({ id }) => id)).toEqual(expect.arrayContaining(rounds.map(({ id }) => id)));
});

it('RUN-55 lays curves of many runs over each other: thinned, with ends and measurements, of one project', async () => {
  const [few, many] = projects;
  if (!few || !many) throw new Error('no projects');
  const place = { projectId: few.id, memberId: lead.memberId, classIds: few.classes.map(({ id }) => id) };
  const runs = await test.as(lead).run.book({ projectId: many.id });
  const strangers = runs.slice(0, 1).map(({ id }) => id);
  const { db } = test.services;
  const { id: projectId } = await createProject(db, { organizationId: lead.organizationId, classes: ['x', 'y'] });
  const runIds = await createManyRuns(db, { ...place, projectId, count: 12, points: 900 });
  const one = openDatabase(test.services.env.DATABASE_URL, { max: 1 });
  const seen = watchRoundTrips(one.pool);
  const curves = await listOverlay(one.db, { projectId, runIds: [...runIds, ...strangers] });
  expect(seen.statements).toHaveLength(2);
  await one.close();
  expect(curves).toHaveLength(36);
  for (const { curve } of curves) {
    expect(curve.step.length).toBeLessThan(700);
    expect(curve.step.at(0)).toBe(1);
    expect(curve.step.at(-1)).toBe(8991);
    expect(curve.step).toEqual(curve.step.toSorted((a, b) => a - b));
    expect(curve.valAccuracy.filter((value) => value !== null)).toHaveLength(112);
    expect(curve.lossLabeled).toHaveLength(curve.step.length);
  }
  expect(await test.as(lead).run.curves({ projectId: few.id, runIds: strangers })).toEqual([]);
  await expect(test.as(lead).run.curves({ projectId, runIds: [] })).rejects.toThrow('runIds');
});

it('RUN-56 event files hold the values of the page, a folder a round', async () => {
  const { db } = test.services;
  const { id: projectId, classes } = await createProject(db, {
    organizationId: lead.organizationId,
    classes: ['x', 'y'],
  });
  const place = { projectId, memberId: lead.memberId, classIds: classes.map(({ id }) => id) };
  const [runId = ''] = await createManyRuns(db, { ...place, count: 1 });
  await test.as(lead).run.describe({ projectId, runId, name: 'Weaker noise' });
  const { fileName, zip } = await openEvents(db, { projectId, runId });
  expect(fileName).toBe('run-1-weaker-noise-tensorboard.zip');
  const files = await unzipFiles(zip);
  expect([...files.keys()].map((path) => path.split('/').slice(0, 2).join('/')).sort()).toEqual([
    'run-1-weaker-noise/control-1',
    'run-1-weaker-noise/student-1',
    'run-1-weaker-noise/teacher',
  ]);
  const curves = await test.as(lead).run.curves({ projectId, runIds: [runId] });
  const student = curves.find(({ role }) => role === 'student');
  const events = eventsIn([...files].find(([path]) => path.includes('student-1'))?.[1] ?? Buffer.alloc(0));
  const valuesOf = (tag: string) => events.flatMap(({ step, values }) => (tag in values ? [[step, values[tag]]] : []));
  const pairs = (values: readonly (number | null)[]) =>
    values.flatMap((value, at) => (value === null ? [] : [[student?.curve.step[at], Math.fround(value)]]));
  expect(valuesOf('loss/labeled')).toEqual(pairs(student?.curve.lossLabeled ?? []));
  expect(valuesOf('validation/accuracy_while_training')).toEqual(pairs(student?.curve.valAccuracy ?? []));
  expect(valuesOf('validation/accuracy')).toEqual([[391, Math.fround(student?.valAccuracy ?? 0)]]);
  const stranger = await createProject(db, { organizationId: lead.organizationId, classes: ['x', 'y'] });
  await expect(openEvents(db, { projectId: stranger.id, runId })).rejects.toThrow('does not exist');
});

it('RUN-59 a folder for MLflow holds settings, notes, the figures of the table and every point of curves', async () => {
  const { db } = test.services;
  const { id: projectId, classes } = await createProject(db, {
    organizationId: lead.organizationId,
    classes: ['x', 'y'],
    name: 'Digits: "7" or 1',
  });
  const place = { projectId, memberId: lead.memberId, classIds: classes.map(({ id }) => id) };
  const [runId = '', otherId = ''] = await createManyRuns(db, { ...place, count: 2 });
  await test.as(lead).run.describe({ projectId, runId, name: 'weaker: noise', addTags: ['base'] });
  await test.as(lead).run.describe({ projectId, runId, notes: { text: 'Why:\n- **less**', from: '' } });
  const project = await getProject(db, projectId);
  const open = async (ids: string[] | null) => {
    const { fileName, stream } = await openMlflow(db, project, ids, new Date());
    return { fileName, runs: readStore(await unzipFiles(await buffer(stream), { entries: 1000, bytes: 2 ** 24 })) };
  };
  const { fileName, runs } = await open([runId]);
  expect(fileName).toBe('run-1-weaker-noise-mlflow.zip');
  const [row] = (await test.as(lead).run.book({ projectId })).filter(({ id }) => id === runId);
  const curves = await test.as(lead).run.curves({ projectId, runIds: [runId] });
  expect(runs).toHaveLength(1 + curves.length);
  const parent = runs.find(({ meta }) => meta.run_id === runId.replaceAll('-', ''));
  expect(parent).toMatchObject({
    experiment: { name: 'Digits: "7" or 1', lifecycle_stage: 'active' },
    meta: { run_name: 'Run 1 · weaker: noise', status: 3, start_time: row?.startedAt?.getTime() },
    params: { floor: '0.3', control: 'yes', seed: '1' },
    tags: { 'mlflow.note.content': 'Why:\n- **less**', 'pupil.tags': 'base, paper' },
  });
  const speaking = row?.rounds.find(({ role }) => role === 'student');
  const at = (name: string) => parent?.metrics[name]?.map(({ value }) => value);
  expect(at('validation/accuracy')).toEqual([speaking?.valAccuracy]);
  expect([at('validation/accuracy_low')?.[0], at('validation/accuracy_high')?.[0]]).toEqual(speaking?.valInterval);
  expect(at('over_control')).toEqual([speaking?.standings?.control?.difference]);
  for (const { id, curve, startedAt, endedAt, runId: of } of curves) {
    const round = runs.find(({ meta }) => meta.run_id === id.replaceAll('-', ''));
    expect(round?.tags['mlflow.parentRunId']).toBe(of.replaceAll('-', ''));
    const points = round?.metrics['loss/labeled'] ?? [];
    expect(points.map(({ step, value }) => [step, value])).toEqual(
      curve.step.map((step, index) => [step, curve.lossLabeled[index]]),
    );
    const times = points.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(0)).toBeGreaterThanOrEqual(startedAt?.getTime() ?? 0);
    expect(times.at(-1)).toBeLessThanOrEqual((endedAt?.getTime() ?? 0) + 1);
  }
  // All that are not archived, under one experiment, the same in every download.
  await test.as(lead).run.archive({ projectId, runId: otherId, archived: true });
  const all = await open(null);
  expect(all.fileName).toBe('Digits-7-or-1-runs-mlflow.zip');
  expect(all.runs.map(({ meta }) => meta.run_id).sort()).toEqual(runs.map(({ meta }) => meta.run_id).sort());
  expect(all.runs[0]?.experiment).toEqual(runs[0]?.experiment);
  expect((await open([runId, otherId])).runs.length).toBeGreaterThan(all.runs.length);
  const stranger = await createProject(db, { organizationId: lead.organizationId, classes: ['x', 'y'] });
  const foreign = await getProject(db, stranger.id);
  await expect(openMlflow(db, foreign, [runId], new Date())).rejects.toThrow('does not exist');
  await expect(openMlflow(db, foreign, null, new Date())).rejects.toThrow('no run yet');
});

interface StoredRun {
  experiment: Record<string, unknown>;
  meta: Record<string, unknown>;
  params: Record<string, string>;
  tags: Record<string, string>;
  metrics: Record<string, { time: number; value: number; step: number }[]>;
}

/** What a reader of the published format finds: a run is a folder with a meta.yaml two below `mlruns`. */
function readStore(files: ReadonlyMap<string, Buffer>): StoredRun[] {
  const yaml = (path: string): Record<string, unknown> =>
    Object.fromEntries(
      (files.get(path)?.toString() ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => /^(\w+): (.*)$/.exec(line) ?? [])
        .map(([, key = '', value = '']) => [key, JSON.parse(value)]),
    );
  const below = (folder: string): [string, string][] =>
    [...files].flatMap(([path, bytes]) =>
      path.startsWith(folder) ? [[path.slice(folder.length), bytes.toString()]] : [],
    );
  return [...files.keys()].flatMap((path) => {
    const [, experiment = '', run = ''] = /^mlruns\/(\d{1,18})\/([0-9a-f]{32})\/meta\.yaml$/.exec(path) ?? [];
    if (run === '') return [];
    const folder = `mlruns/${experiment}/${run}`;
    const meta = yaml(path);
    expect(meta).toMatchObject({ experiment_id: experiment, run_id: run, run_uuid: run, lifecycle_stage: 'active' });
    return [
      {
        experiment: yaml(`mlruns/${experiment}/meta.yaml`),
        meta,
        params: Object.fromEntries(below(`${folder}/params/`)),
        tags: Object.fromEntries(below(`${folder}/tags/`)),
        metrics: Object.fromEntries(
          below(`${folder}/metrics/`).map(([key, text]) => [
            key,
            text
              .trimEnd()
              .split('\n')
              .map((line) => {
                const [, time, value, step] = /^(\d{13}) (\S+) (\d+)$/.exec(line) ?? [];
                return { time: Number(time), value: Number(value), step: Number(step) };
              }),
          ]),
        ),
      },
    ];
  });
}

const EVENT = protobuf
  .parse(
    `syntax = "proto3"; message Event { double wall_time = 1; int64 step = 2; Summary summary = 5; }
    message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }`,
  )
  .root.lookupType('Event');

/** What a reader of the published format finds in an event file. */
function eventsIn(file: Buffer): { step: number; values: Record<string, number> }[] {
  const events: { step: number; values: Record<string, number> }[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const read = EVENT.toObject(EVENT.decode(file.subarray(at + 12, at + 12 + length)), {
      longs: Number,
      defaults: true,
    });
    const { step, summary } = read as {
      step: number;
      summary: { value: { tag: string; simpleValue: number }[] } | null;
    };
    if (summary)
      events.push({ step, values: Object.fromEntries(summary.value.map((one) => [one.tag, one.simpleValue])) });
    at += length + 16;
  }
  return events;
}
