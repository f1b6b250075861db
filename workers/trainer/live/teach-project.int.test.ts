import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpackIds } from '#db/packed-embeddings.ts';
import {
  findLiveTeacher,
  findSpeaker,
  listLiveSuspects,
  listStaleTeachers,
} from '#db/queries/labeling/live-teacher.ts';
import { claimLeases } from '#db/queries/labeling/lease.ts';
import { image, liveGuess, project as projectTable } from '#db/schema/index.ts';
import { createMember } from '#db/seed/factories.ts';
import { embedShard } from '../feature/embed-shard.ts';
import { openFeatures } from '../feature/open-features.ts';
import { sweepFeatures } from '../feature/sweep-features.ts';
import { createDrawnProject } from '../testing/drawn-project.ts';
import type { DrawnProject } from '../testing/drawn-project.ts';
import { openTrainerBench } from '../testing/working.ts';
import type { TrainerBench } from '../testing/working.ts';
import { teachProject } from './teach-project.ts';
import { createTeachers } from './teachers.ts';

let bench: TrainerBench;
let project: DrawnProject;

beforeAll(async () => {
  bench = await openTrainerBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  project = await createDrawnProject(bench.db, bench.blobs, {
    perClass: { pool: 40, validation: 6, test: 3 },
    labeledPerClass: 4,
    seed: Math.floor(Math.random() * 1e6),
  });
  const { db, blobs } = bench;
  const openEngine = () => Promise.reject(new Error('no backbone needs one here'));
  for (const shardId of await sweepFeatures(db))
    await embedShard({ db, blobs, readerOf: (set) => openFeatures({ db, blobs, openEngine }, set) }, shardId);
});

const setOrder = (order: 'model' | 'typical' | 'random') =>
  bench.db
    .update(projectTable)
    .set({ settings: sql`jsonb_set(settings, '{order}', ${JSON.stringify(order)}::jsonb)` })
    .where(eq(projectTable.id, project.projectId));
const splitsOf = async (ids: readonly string[]): Promise<Set<string>> => {
  const rows = await bench.db
    .select({ id: image.id, split: image.split })
    .from(image)
    .where(eq(image.projectId, project.projectId));
  const splits = new Map(rows.map(({ id, split }) => [id, split]));
  return new Set(ids.map((id) => splits.get(id) ?? 'gone'));
};

describe('the live teacher of a project', () => {
  it('TEACHER-1 learns from the labels of the pool and measures itself, also on validation', async () => {
    await teachProject(bench.db, project.projectId, null);
    const row = await findLiveTeacher(bench.db, project.projectId);
    expect(row).toMatchObject({ labels: 12, version: 1 });
    expect(row?.figures.pool?.value).toBeGreaterThan(0.6);
    expect(row?.figures.validation).toMatchObject({ count: 18 });
    expect(await findSpeaker(bench.db, project.projectId)).toMatchObject({ kind: 'live', labels: 12 });
    const guesses = await bench.db.select().from(liveGuess).where(eq(liveGuess.projectId, project.projectId));
    expect(guesses).toHaveLength(120);
    const right = guesses.filter((guess) => project.truth.get(guess.imageId) === guess.classIndex);
    expect(right.length / guesses.length).toBeGreaterThan(0.7);
  });

  it('TEACHER-2 IMAGE-7 RUN-4 orders and guesses images of the pool alone; validation keeps its share', async () => {
    await setOrder('model');
    await bench.db.execute(sql`
      update image set consensus_state = 'none', consensus_class_ids = null, judgment_count = 0
      where project_id = ${project.projectId} and split = 'validation'`);
    await bench.db.execute(sql`delete from annotation a using image i where i.id = a.image_id
      and i.project_id = ${project.projectId} and i.split = 'validation'`);
    await teachProject(bench.db, project.projectId, null);
    const row = await findLiveTeacher(bench.db, project.projectId);
    const ranks = unpackIds(row?.ranks ?? new Uint8Array());
    expect(await splitsOf(ranks)).toEqual(new Set(['pool']));
    expect(ranks.filter((id) => project.ids.labeled.includes(id))).toEqual([]);
    const guesses = await bench.db.select().from(liveGuess).where(eq(liveGuess.projectId, project.projectId));
    expect(await splitsOf(guesses.map(({ imageId }) => imageId))).toEqual(new Set(['pool']));

    const member = await createMember(bench.db, { organizationId: project.organizationId, role: 'annotator' });
    const claimed = await claimLeases(bench.db, {
      projectId: project.projectId,
      memberId: member.memberId,
      count: 60,
      seconds: 60,
    });
    const ids = claimed.map(({ imageId }) => imageId);
    const pool = ids.filter((id) => project.ids.pool.includes(id));
    expect(pool).toEqual(ranks.slice(0, pool.length));
    // 18 of 126 open images are of validation: of 60 asked some nine, by their draw.
    expect(ids.length - pool.length).toBeGreaterThanOrEqual(2);
    expect(ids.length - pool.length).toBeLessThan(19);
  });

  it('TEACHER-3 before the first labels asks for typical images, and guesses nothing', async () => {
    await setOrder('model');
    await bench.db.execute(sql`update image set consensus_state = 'none', consensus_class_ids = null
      where project_id = ${project.projectId}`);
    await teachProject(bench.db, project.projectId, null);
    const row = await findLiveTeacher(bench.db, project.projectId);
    expect(row).toMatchObject({ labels: 0, figures: { pool: null, outlook: null } });
    expect(unpackIds(row?.ranks ?? new Uint8Array()).length).toBeGreaterThan(20);
    expect(await bench.db.$count(liveGuess, eq(liveGuess.projectId, project.projectId))).toBe(0);
    expect(await findSpeaker(bench.db, project.projectId)).toBeNull();
  });

  it('TEACHER-4 doubts a wrong label and changes none', async () => {
    const more = project.ids.pool.filter((id) => !project.ids.labeled.includes(id)).slice(0, 30);
    const [wrong = ''] = more;
    await project.label(more, (id) => ((project.truth.get(id) ?? 0) + (id === wrong ? 1 : 0)) % 3);
    await teachProject(bench.db, project.projectId, null);
    const suspects = await listLiveSuspects(bench.db, project.projectId);
    expect(suspects.slice(0, 3).map(({ imageId }) => imageId)).toContain(wrong);
    const [row] = await bench.db.select().from(image).where(eq(image.id, wrong));
    expect(row?.consensusState).toBe('agreed');
  });

  it('TEACHER-5 hears, gathers, learns once, and leaves a project that another one holds', async () => {
    expect(await listStaleTeachers(bench.db, 100)).toContain(project.projectId);
    const held: string[] = [];
    const make = (hold: (projectId: string) => boolean) =>
      createTeachers({
        db: bench.db,
        log: pino({ level: 'silent' }),
        hold: (projectId) => {
          held.push(projectId);
          return Promise.resolve(hold(projectId));
        },
        release: () => Promise.resolve(),
        gatherMs: 5,
      });
    const other = make(() => false);
    other.hear(project.projectId);
    await other.idle();
    expect(await findLiveTeacher(bench.db, project.projectId)).toBeNull();
    const own = make(() => true);
    for (let turn = 0; turn < 5; turn += 1) own.hear(project.projectId);
    await own.idle();
    expect(await findLiveTeacher(bench.db, project.projectId)).toMatchObject({ version: 1, labels: 12 });
    expect(await listStaleTeachers(bench.db, 100)).not.toContain(project.projectId);
    const [open = ''] = project.ids.pool.filter((id) => !project.ids.labeled.includes(id));
    await project.label([open]);
    expect(await listStaleTeachers(bench.db, 100)).toContain(project.projectId);
    own.hear(project.projectId);
    await own.idle();
    expect(await findLiveTeacher(bench.db, project.projectId)).toMatchObject({ version: 2, labels: 13 });
    expect(held).toHaveLength(2);
  });
});
