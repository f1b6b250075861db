import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_CHANNEL } from '#core/events.ts';
import { createRandom } from '#core/math/random.ts';
import type { Random } from '#core/math/random.ts';
import { orderQueue } from '#db/queries/labeling/priority.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createLiveTeacher } from '#db/seed/live-teacher-factory.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { ASK } from './testing/queries.ts';
import { createTestServices } from './testing/services.ts';
import type { TestServices } from './testing/services.ts';
import { execute, text } from '#db/execute.ts';

const SEEDS = [1, 2, 3];
const STEPS = 30;
const QUERIES_EACH = 5;

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let listener: Client;
const heard: string[] = [];

beforeAll(async () => {
  test = await createTestServices();
  listener = new Client({ connectionString: test.services.env.DATABASE_URL });
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.connect();
  await listener.query(`listen ${EVENT_CHANNEL}`);
});
afterAll(async () => {
  await listener.end();
  await test.close();
});

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('nothing was drawn');
  return value;
};
const pick = <T>(random: Random, from: readonly T[]): T => must(from[random.below(from.length)]);

/** A project in which every model's answer on an image carries a confidence of that image's own: any text tells it. */
async function open(seed: number) {
  const { db } = test.services;
  const random = createRandom(`never early ${seed}`);
  const organizationId = await createOrganization(db);
  const [lead, anna, bert] = [
    await createMember(db, { organizationId, role: 'lead' }),
    await createMember(db, { organizationId, role: 'annotator' }),
    await createMember(db, { organizationId, role: 'annotator' }),
  ];
  const guess = pick(random, ['after', 'never'] as const);
  const { id: projectId } = await createProject(db, {
    organizationId,
    classes: ['cat', 'dog', 'elk'],
    settings: { overlap: 1 + random.below(2), guess },
  });
  await createImages(db, { projectId, count: 40 });
  await createImages(db, { projectId, count: 14, split: 'validation', name: 'v' });
  await createImages(db, { projectId, count: 8, split: 'test', name: 't' });
  const run = await createFinishedRun(db, { projectId, memberId: lead.memberId, labelsPerClass: 2, seed });
  await db.execute(sql`update image set consensus_state = 'none', consensus_class_ids = null, judgment_count = 0
    where project_id = ${projectId} and split <> 'pool'`);
  await db.execute(sql`delete from annotation a using image i where i.id = a.image_id and i.project_id = ${projectId}
    and i.split <> 'pool'`);
  const rows = await execute(db, sql`select id, split from image where project_id = ${projectId} order by id`, {
    id: text,
    split: text,
  });
  const marks = new Map(rows.map(({ id }, at) => [id, (0.7 + (at + 1) * 0.000137).toFixed(6)]));
  const list = sql`unnest(${sql.param(rows.map(({ id }) => id))}::uuid[],
    ${sql.param(rows.map(({ id }) => Number(marks.get(id))))}::real[]) as m(id, mark)`;
  await db.execute(sql`update prediction p set confidence = m.mark, probabilities = array[0.1, m.mark, 0.1]::real[]
    from ${list} where p.image_id = m.id`);
  await db.execute(sql`update review_item r set confidence = m.mark from ${list} where r.image_id = m.id`);
  await createLiveTeacher(db, {
    projectId,
    classIds: run.classIds,
    // Of every image, also those that may have none: the writer leaves them out.
    guesses: rows.map(({ id }) => ({ imageId: id, classIndex: 1, confidence: Number(marks.get(id)) })),
    ranks: rows.map(({ id }) => id),
    figures: { pool: { value: 0.99, low: 0.98, high: 1 } },
  });
  const [first = '', second = ''] = run.roundIds;
  return { random, guess, projectId, lead, anna, bert, run, rows, marks, roundIds: [first, second] as const };
}
type World = Awaited<ReturnType<typeof open>>;

/** Images of which this member may not hear what a model says: neither answered by them nor settled, or never. */
async function blindOf({ projectId, guess }: World, { memberId }: Person): Promise<Set<string>> {
  const rows = await execute(
    test.services.db,
    sql`
    select i.id from image i where i.project_id = ${projectId} and (${guess} = 'never'
      or i.consensus_state not in ('agreed', 'adjudicated') and not exists (
        select 1 from annotation a where a.image_id = i.id and a.member_id = ${memberId} and a.kind <> 'skip'))`,
    { id: text },
  );
  return new Set(rows.map(({ id }) => id));
}

/** One thing that a person does on a label or review page. */
async function act(world: World, person: Person): Promise<unknown> {
  const { random, projectId, run } = world;
  const as = test.as(person);
  const classId = pick(random, run.classIds);
  switch (random.below(5)) {
    case 0:
      return as.label.claim({ projectId, count: 4 });
    case 1: {
      const { images } = await as.label.claim({ projectId, count: 2 });
      const image = images[0];
      if (!image) return null;
      const id = randomUUID();
      const said = await as.label.submit({
        projectId,
        annotations: [
          { id, imageId: image.id, kind: random.below(4) === 0 ? 'skip' : 'decide', classId, token: image.token },
        ],
      });
      return random.below(3) === 0
        ? [said, await as.label.undo({ projectId, id: randomUUID(), annotationId: id })]
        : said;
    }
    case 2:
      return as.label.claimGrid({ projectId, count: 6, by: { kind: 'queue' } });
    case 3:
      return as.review.claim({ projectId, count: 3 });
    default: {
      const { items } = await as.review.claim({ projectId, count: 1 });
      const item = items[0];
      if (!item) return null;
      return as.label.submit({
        projectId,
        annotations: [
          { id: randomUUID(), imageId: item.imageId, kind: 'decide', classId, token: null, reviewItemId: item.id },
        ],
      });
    }
  }
}

describe('TEACHER-7 REVIEW-6 IMAGE-7 no answer of a model is shown early', () => {
  it.each(SEEDS)('by any procedure or event, whatever people do meanwhile (seed %i)', async (seed) => {
    const world = await open(seed);
    const { random, projectId, anna, bert, run, rows, marks, roundIds } = world;
    heard.length = 0;
    const told = (text: string, blind: ReadonlySet<string>): string[] =>
      [...blind].filter((id) => text.includes(must(marks.get(id))));
    const ask = async (path: string): Promise<string> => {
      const input = ASK[path]?.({
        projectId,
        runId: run.runId,
        roundId: roundIds[1],
        otherRoundId: roundIds[0],
        imageId: pick(random, rows).id,
        itemId: randomUUID(),
        classIds: run.classIds,
      });
      const procedure = path
        .split('.')
        .reduce<unknown>((here, key) => (here as Record<string, unknown>)[key], test.as(anna)) as (
        given: object,
      ) => Promise<unknown>;
      return JSON.stringify(await procedure({ projectId, ...input }).catch(() => null)) ?? '';
    };
    const paths = Object.keys(ASK);
    // Whoever may see answers does hear the marks: the texts below would tell.
    const page = { projectId, roundId: roundIds[1], limit: 60 };
    const toLead = JSON.stringify(await test.as(world.lead).gallery.list(page));
    expect(told(toLead, new Set(marks.keys())).length).toBeGreaterThan(20);
    let asked = 0;
    for (let step = 0; step < STEPS; step += 1) {
      const person = random.below(3) === 0 ? bert : anna;
      const before = await blindOf(world, person);
      const said = JSON.stringify(await act(world, person).catch(() => null)) ?? '';
      // What an answer of one's own opens may come with its reply.
      const after = await blindOf(world, person);
      expect(told(said, new Set([...before].filter((id) => after.has(id))))).toEqual([]);
      const blind = await blindOf(world, anna);
      for (let turn = 0; turn < QUERIES_EACH; turn += 1, asked += 1) {
        const path = must(paths[asked % paths.length]);
        expect(told(await ask(path), blind), path).toEqual([]);
      }
    }
    expect(asked).toBeGreaterThan(paths.length);
    await orderQueue(test.services.db, projectId);
    await listener.query('select 1');
    expect(heard.length).toBeGreaterThan(0);
    const all = new Set(marks.keys());
    for (const event of heard) {
      expect(told(event, all), event).toEqual([]);
      expect(event).not.toMatch(/"(classId|guess|guessClassId|confidence|predictedIndex|probabilities)"/);
    }
    // Validation and test keep the order of their draw, whatever ranks a teacher gives, and hold no guess of it.
    const { rows: hinted } = await test.services.db.execute(sql`
      select 1 from image i left join live_guess g on g.image_id = i.id where i.project_id = ${projectId}
        and i.split <> 'pool' and (g.image_id is not null or i.priority <> 0 and i.priority <> i.shuffle)`);
    expect(hinted).toEqual([]);
  });
});
