import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { image, imageLikeness, liveGuess, prediction, reviewItem } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

let test: TestServices;
let lead: Awaited<ReturnType<typeof createMember>>;
let projectId: string;

beforeAll(async () => {
  test = await createTestServices();
  lead = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'lead',
  });
});
afterAll(() => test.close());

async function open(pool: number): Promise<string[]> {
  const { db } = test.services;
  projectId = (await createProject(db, { organizationId: lead.organizationId, classes: ['cat', 'dog'] })).id;
  await createImages(db, { projectId, count: pool });
  const rows = await db.select({ id: image.id }).from(image).where(eq(image.projectId, projectId)).orderBy(image.id);
  return rows.map(({ id }) => id);
}

/** Says that these images look alike. */
async function makeAlike(ids: readonly string[], seed: number): Promise<void> {
  const gray = Buffer.alloc(256, 17 * seed);
  await test.services.db.delete(imageLikeness).where(sql`image_id = any(${sql.param([...ids])}::uuid[])`);
  await test.services.db
    .insert(imageLikeness)
    .values(ids.map((imageId) => ({ imageId, projectId, hash: 0x1234567890abcden * BigInt(seed), gray })));
}

const held = async (): Promise<string[]> =>
  (
    await test.services.db
      .select({ id: image.id })
      .from(image)
      .where(sql`project_id = ${projectId} and split = 'validation'`)
  ).map(({ id }) => id);
const draw = (count: number) => test.as(lead).image.drawValidation({ projectId, count });

describe('IMAGE-30 images set aside for validation', () => {
  it('are of the pool, nobody has answered or holds them, and the next action no longer asks', async () => {
    const ids = await open(120);
    const { images } = await test.as(lead).label.claim({ projectId, count: 5 });
    const inHand = new Set(images.map(({ id }) => id));
    const { classes } = await test.as(lead).project.get({ projectId });
    await test.services.db
      .update(image)
      .set({ consensusState: 'agreed', consensusClassIds: [classes[0]?.id ?? ''], answerCount: 1 })
      .where(eq(image.id, ids.find((id) => !inHand.has(id)) ?? ''));
    expect((await test.as(lead).insight.next({ projectId })).splits.validation).toBe(0);
    const { drawn } = await draw(30);
    expect(drawn).toBe(30);
    const aside = await held();
    expect(aside).toHaveLength(30);
    for (const id of inHand) expect(aside).not.toContain(id);
    expect((await test.as(lead).run.readiness({ projectId })).heldOut).toBe(30);
    // All that can be drawn: not the five in hand, nor the one answered.
    await draw(500);
    expect(await held()).toHaveLength(120 - 6);
  });

  it('IMAGE-7 go with what looks like them, and stay where that was answered; no model chose them', async () => {
    const ids = await open(12);
    const { db } = test.services;
    const [a = '', b = '', c = '', d = '', ...rest] = ids;
    await makeAlike([a, b], 1);
    await makeAlike([c, d], 3);
    await db.delete(imageLikeness).where(sql`image_id = any(${sql.param(rest)}::uuid[])`);
    await db.update(image).set({ answerCount: 1, consensusState: 'partial' }).where(eq(image.id, c));
    await draw(200);
    const aside = await held();
    expect(aside).toEqual(expect.arrayContaining([a, b]));
    expect(aside).not.toContain(c);
    expect(aside).not.toContain(d);
    expect(aside).toHaveLength(10);
  });

  it('forget what models said of them and asked about them, and none is moved while a run trains', async () => {
    const ids = await open(60);
    const { db } = test.services;
    await createImages(db, { projectId, count: 10, split: 'validation', name: 'held' });
    await createFinishedRun(db, { projectId, memberId: lead.memberId, labelsPerClass: 3 });
    await db.insert(liveGuess).values(ids.map((imageId) => ({ projectId, imageId, classIndex: 0, confidence: 0.9 })));
    await db.execute(sql`update run set status = 'training' where project_id = ${projectId}`);
    await expect(draw(10)).rejects.toMatchObject({ message: expect.stringContaining('training') });
    await db.execute(sql`update run set status = 'finished' where project_id = ${projectId}`);
    const before = new Set(await held());
    await draw(10);
    const moved = (await held()).filter((id) => !before.has(id));
    expect(moved).toHaveLength(10);
    const among = sql`image_id = any(${sql.param(moved)}::uuid[])`;
    expect(await db.$count(prediction, among)).toBe(0);
    expect(await db.$count(liveGuess, among)).toBe(0);
    expect(await db.$count(reviewItem, sql`${among} and status = 'open'`)).toBe(0);
  });

  it('ACCESS-1 are drawn by leads alone', async () => {
    await open(40);
    const annotator = await createMember(test.services.db, {
      organizationId: lead.organizationId,
      role: 'annotator',
      name: `A ${randomUUID().slice(0, 4)}`,
    });
    await expect(test.as(annotator).image.drawValidation({ projectId, count: 5 })).rejects.toThrow();
    expect(await held()).toEqual([]);
  });
});
