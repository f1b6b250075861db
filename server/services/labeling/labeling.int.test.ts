import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { releaseLeases, sweepLeases } from '#db/queries/labeling/lease.ts';
import { image } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
let organizationId: string;
let people: Awaited<ReturnType<typeof createMember>>[];
beforeAll(async () => {
  test = await createTestServices();
  organizationId = await createOrganization(test.services.db);
  people = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      createMember(test.services.db, { organizationId, role: 'annotator', name }),
    ),
  );
});
afterAll(() => test.close());

let projectId: string;
let classes: string[];
const open = async (count: number, overlap = 1) => {
  const project = await createProject(test.services.db, {
    organizationId,
    classes: ['cat', 'dog'],
    settings: { overlap, overlapOnDisagreement: 1 },
  });
  projectId = project.id;
  classes = project.classes.map((item) => item.id);
  return createImages(test.services.db, { projectId, count });
};
const person = (index: number) => {
  const member = people[index];
  if (!member) throw new Error('no such person');
  return test.as(member);
};
const decide = (imageId: string, token: number | null, classIndex = 0, id: string = randomUUID()) => ({
  id,
  imageId,
  kind: 'decide' as const,
  classId: classes[classIndex] ?? null,
  token,
});
const setOverlap = async (overlap: number) => {
  const lead = await createMember(test.services.db, { organizationId, role: 'lead' });
  await test.as(lead).project.update({ projectId, settings: { overlap } });
};
/** Images with more live leases and answers than asked, or with counts that are not what the rows say. */
const broken = async () => {
  const found = await test.services.db.execute(sql`
    select i.id from image i join project p on p.id = i.project_id
    where i.project_id = ${projectId} and (
      i.lease_count <> (select count(*) from lease l where l.image_id = i.id and l.purpose = 'label')
      or i.judgment_count <> (select count(distinct a.member_id) from annotation a where a.image_id = i.id
        and a.kind = 'decide'
         and not exists (select 1 from annotation u where u.undoes_id = a.id))
      or i.lease_count + i.judgment_count > p.overlap + i.extra_wanted + (select count(*) from annotation a
        where a.image_id = i.id and a.late))`);
  return found.rows;
};

describe('an outbox', () => {
  beforeEach(() => open(3));

  it('ANNOTATION-3 is told the same lease again when the answer to its undo was lost', async () => {
    const {
      images: [item],
    } = await person(0).label.claim({ projectId, count: 1 });
    const annotation = decide(item?.id ?? '', item?.token ?? 0);
    await person(0).label.submit({ projectId, annotations: [annotation] });
    const undo = { projectId, id: randomUUID(), annotationId: annotation.id };
    const { token } = await person(0).label.undo(undo);
    expect(token).not.toBeNull();
    expect(await person(0).label.undo(undo)).toMatchObject({ token });
    expect(await person(0).label.submit({ projectId, annotations: [decide(item?.id ?? '', token)] })).toMatchObject([
      { late: false },
    ]);
  });

  it('ANNOTATION-13 is refused while somebody else is signed in than the member whose answers it holds', async () => {
    const {
      images: [item],
    } = await person(0).label.claim({ projectId, count: 1 });
    const annotation = decide(item?.id ?? '', item?.token ?? 0);
    const [anna, bert] = [people[0]?.memberId ?? '', people[1]?.memberId ?? ''];
    await expect(
      person(1).label.submit({ projectId, memberId: anna, annotations: [annotation] }),
    ).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await person(1).label.mine({ projectId })).toEqual([]);
    expect(await person(0).label.submit({ projectId, memberId: anna, annotations: [annotation] })).toMatchObject([
      { ok: true, late: false },
    ]);
    const undo = { projectId, id: randomUUID(), annotationId: annotation.id };
    await expect(person(0).label.undo({ ...undo, memberId: bert })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await person(0).label.undo({ ...undo, memberId: anna });
    expect(await person(0).label.mine({ projectId })).toEqual([]);
  });
});

describe('a claim', () => {
  beforeEach(() => open(20));

  it('LEASE-1 LEASE-2 gives no image to two people at once', async () => {
    const hands = await Promise.all(people.map((_, index) => person(index).label.claim({ projectId, count: 5 })));
    const ids = hands.flatMap((hand) => hand.images.map((item) => item.id));
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
    const late = await person(0).label.claim({ projectId, count: 12 });
    expect(late.images.length).toBeLessThanOrEqual(5);
    expect(await broken()).toEqual([]);
  });

  it('LEASE-3 gives a reloaded page what it held', async () => {
    const first = await person(0).label.claim({ projectId, count: 4 });
    const again = await person(0).label.claim({ projectId, count: 4 });
    expect(again.images).toEqual(first.images);
  });

  it('LEASE-4 says why nothing is left: held by colleagues, done, or paused', async () => {
    const hand = await person(0).label.claim({ projectId, count: 20 });
    expect((await person(1).label.claim({ projectId, count: 5 })).end).toEqual({ reason: 'held', count: 20 });
    await person(0).label.submit({ projectId, annotations: hand.images.map((item) => decide(item.id, item.token)) });
    expect((await person(1).label.claim({ projectId, count: 5 })).end).toEqual({ reason: 'done' });
  });

  it('LEASE-5 frees what was released or ran out', async () => {
    await person(0).label.claim({ projectId, count: 20 });
    expect(await releaseLeases(test.services.db, { projectId, memberId: people[0]?.memberId ?? '' })).toBe(20);
    await person(1).label.claim({ projectId, count: 20 });
    await test.services.db.execute(
      sql`update lease set expires_at = now() - interval '1 second' where project_id = ${projectId}`,
    );
    expect(await sweepLeases(test.services.db)).toBe(20);
    expect((await person(2).label.claim({ projectId, count: 20 })).images).toHaveLength(20);
    expect(await broken()).toEqual([]);
  });
});

describe('a decision', () => {
  it('ANNOTATION-1 changes nothing when it is sent twice, even at the same moment', async () => {
    await open(1);
    const {
      images: [item],
    } = await person(0).label.claim({ projectId, count: 1 });
    const once = decide(item?.id ?? '', item?.token ?? 0);
    const results = await Promise.all([1, 2, 3].map(() => person(0).label.submit({ projectId, annotations: [once] })));
    expect(results.flat().filter((result) => result.ok && !result.repeated)).toHaveLength(1);
    expect(await person(0).label.mine({ projectId })).toHaveLength(1);
    expect(await person(1).label.submit({ projectId, annotations: [once] })).toMatchObject([
      { ok: false, code: 'CONFLICT' },
    ]);
  });

  it('ANNOTATION-2 is kept as an extra answer when its lease was lost', async () => {
    const [imageId = ''] = await open(1);
    const {
      images: [item],
    } = await person(0).label.claim({ projectId, count: 1 });
    await releaseLeases(test.services.db, { projectId, memberId: people[0]?.memberId ?? '' });
    const {
      images: [other],
    } = await person(1).label.claim({ projectId, count: 1 });
    await person(1).label.submit({ projectId, annotations: [decide(imageId, other?.token ?? 0, 0)] });
    expect(
      await person(0).label.submit({ projectId, annotations: [decide(imageId, item?.token ?? 0, 0)] }),
    ).toMatchObject([{ late: true }]);
    expect(await person(0).label.history({ projectId, imageId })).toHaveLength(2);
    expect(await broken()).toEqual([]);
  });

  it('ANNOTATION-2 is late too when it carries no token or another one than its lease', async () => {
    await open(3);
    const { images } = await person(0).label.claim({ projectId, count: 3 });
    const [none, other, right] = images.map((item) => item.id);
    const annotations = [
      decide(none ?? '', null),
      decide(other ?? '', (images[1]?.token ?? 0) + 1_000_000),
      decide(right ?? '', images[2]?.token ?? 0),
    ];
    expect(await person(0).label.submit({ projectId, annotations })).toMatchObject([
      { late: true },
      { late: true },
      { late: false },
    ]);
    expect(await person(0).label.progress({ projectId })).toMatchObject({ labeled: 3 });
    expect(await broken()).toEqual([]);
  });

  it('ANNOTATION-2 rests on a claim that was taken anew, not on the one that was lost', async () => {
    await open(1);
    const {
      images: [first],
    } = await person(0).label.claim({ projectId, count: 1 });
    await releaseLeases(test.services.db, { projectId, memberId: people[0]?.memberId ?? '' });
    const {
      images: [second],
    } = await person(0).label.claim({ projectId, count: 1 });
    expect(second?.id).toBe(first?.id);
    expect(
      await person(0).label.submit({ projectId, annotations: [decide(first?.id ?? '', first?.token ?? 0)] }),
    ).toMatchObject([{ late: true }]);
    expect(await broken()).toEqual([]);
  });

  it('ANNOTATION-3 is undone by a new row, many steps back, and the image comes back to the same person', async () => {
    await open(10);
    const { images } = await person(0).label.claim({ projectId, count: 10 });
    const sent = images.map((item) => decide(item.id, item.token, 1));
    await person(0).label.submit({ projectId, annotations: sent });
    for (const item of [...sent].reverse()) {
      const undone = await person(0).label.undo({ projectId, id: randomUUID(), annotationId: item.id });
      expect(undone).toMatchObject({ imageId: item.imageId, classId: classes[1] });
      expect(undone.token).toBeGreaterThan(0);
    }
    expect(await person(0).label.mine({ projectId })).toEqual([]);
    expect((await person(0).label.progress({ projectId })).labeled).toBe(0);
    await expect(
      person(0).label.undo({ projectId, id: randomUUID(), annotationId: sent[0]?.id ?? '' }),
    ).rejects.toThrow(/taken back already/);
    await expect(
      person(1).label.undo({ projectId, id: randomUUID(), annotationId: sent[0]?.id ?? '' }),
    ).rejects.toThrow(/does not exist/);
    expect(await broken()).toEqual([]);
  });

  it('ANNOTATION-4 a skipped image goes to somebody else and not to the same person again', async () => {
    const [imageId = ''] = await open(1);
    const {
      images: [item],
    } = await person(0).label.claim({ projectId, count: 1 });
    await person(0).label.submit({
      projectId,
      annotations: [
        { id: randomUUID(), imageId, kind: 'skip', classId: null, token: item?.token ?? 0, reason: 'blurred' },
      ],
    });
    expect((await person(0).label.claim({ projectId, count: 1 })).images).toEqual([]);
    expect((await person(1).label.claim({ projectId, count: 1 })).images.map((row) => row.id)).toEqual([imageId]);
  });
});

describe('overlap', () => {
  it('LEASE-6 may change from 1 to 2 while people label', async () => {
    await open(6);
    const { images } = await person(0).label.claim({ projectId, count: 6 });
    await person(0).label.submit({
      projectId,
      annotations: images.slice(0, 3).map((item) => decide(item.id, item.token)),
    });
    await setOverlap(2);
    const second = await person(1).label.claim({ projectId, count: 6 });
    expect(second.images).toHaveLength(6);
    expect((await person(2).label.claim({ projectId, count: 6 })).images).toHaveLength(0);
    await person(1).label.submit({ projectId, annotations: second.images.map((item) => decide(item.id, item.token)) });
    expect(await broken()).toEqual([]);
    expect(await person(0).label.progress({ projectId })).toMatchObject({ labeled: 3, done: 3 });
  });

  it(
    'ANNOTATION-17 tells before which labels a higher overlap sets waiting; the old one brings them ' + 'back',
    async () => {
      const ids = await open(5);
      for (const imageId of ids.slice(0, 4))
        await person(0).label.submit({ projectId, annotations: [decide(imageId, null)] });
      await person(1).label.submit({ projectId, annotations: [decide(ids[0] ?? '', null)] });
      await test.services.db
        .update(image)
        .set({ split: 'validation' })
        .where(eq(image.id, ids[1] ?? ''));
      const lead = await createMember(test.services.db, { organizationId, role: 'lead' });
      const told = await test.as(lead).project.unsettledBy({ projectId, overlap: 2 });
      expect(told).toEqual({ pool: 2, validation: 1, test: 0 });
      const labeled = async () => (await person(0).label.progress({ projectId })).labeled;
      expect(await labeled()).toBe(4);
      await setOverlap(2);
      expect(await labeled()).toBe(4 - told.pool - told.validation);
      await setOverlap(1);
      expect(await labeled()).toBe(4);
      await expect(person(0).project.unsettledBy({ projectId, overlap: 2 })).rejects.toMatchObject({
        message: expect.stringMatching(/role/),
      });
    },
  );

  it('ANNOTATION-5 asks one more person when two disagree, and takes the majority', async () => {
    const [imageId = ''] = await open(1, 2);
    for (const index of [0, 1]) {
      const {
        images: [item],
      } = await person(index).label.claim({ projectId, count: 1 });
      await person(index).label.submit({ projectId, annotations: [decide(imageId, item?.token ?? 0, index)] });
    }
    expect(await person(0).label.progress({ projectId })).toMatchObject({ disputed: 1, labeled: 0 });
    const {
      images: [third],
    } = await person(2).label.claim({ projectId, count: 1 });
    await person(2).label.submit({ projectId, annotations: [decide(imageId, third?.token ?? 0, 1)] });
    expect(await person(0).label.progress({ projectId })).toMatchObject({ disputed: 0, labeled: 1 });
    expect((await person(3).label.claim({ projectId, count: 1 })).images).toEqual([]);
  });
});

describe('any interleaving', () => {
  it('LEASE-2 ANNOTATION-6 keeps counts and consensus equal to the rows and never goes above the overlap', async () => {
    const imageIds = await open(12, 2);
    const act = async (index: number) => {
      const random = createRandom(`person ${index}`);
      const sent: string[] = [];
      for (let step = 0; step < 25; step += 1) {
        const { images } = await person(index).label.claim({ projectId, count: 1 + random.below(3) });
        const item = images[random.below(images.length || 1)];
        const luck = random.next();
        if (item && luck < 0.6) {
          const annotation = decide(item.id, item.token, random.below(2));
          await person(index).label.submit({ projectId, annotations: [annotation] });
          sent.push(annotation.id);
        } else if (luck < 0.7) await releaseLeases(test.services.db, { memberId: people[index]?.memberId ?? '' });
        else if (luck < 0.8) await sweepLeases(test.services.db);
        else if (sent.length > 0)
          await person(index).label.undo({ projectId, id: randomUUID(), annotationId: sent.pop() ?? '' });
      }
    };
    await Promise.all(people.map((_, index) => act(index)));
    expect(await broken()).toEqual([]);
    const stored = async () =>
      (
        await test.services.db.execute(sql`
      select id, consensus_state, consensus_class_id, judgment_count, extra_wanted from image
        where project_id = ${projectId} order by id`)
      ).rows;
    const before = await stored();
    await test.services.db.transaction((tx) => refreshConsensus(tx, { projectId, imageIds }));
    expect(await stored()).toEqual(before);
  });
});
