import { and, eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedPrefix } from '#core/image/media.ts';
import { askedImage, image, project as projectTable, reviewItem } from '#db/schema/index.ts';
import { openAccessBench } from '../../testing/access.ts';
import type { AccessBench } from '../../testing/access.ts';
import { createServedProject } from '../../testing/served-project.ts';
import type { ServedProject } from '../../testing/served-project.ts';
import { processImage } from '../image/process-image.ts';
import { writeAsked } from './keep-asked.ts';

let test: AccessBench;
let project: ServedProject;
let token: string;
beforeAll(async () => {
  test = await openAccessBench();
  project = await createServedProject(test.services);
  token = await test.tokenFor(project.memberId);
});
afterAll(() => test.close());

const caller = () => test.asToken(project);
const place = () => ({ projectId: project.projectId });
const rows = async () => (await caller().serving.asked(place())).rows;
const draw = async (background: string) =>
  new Uint8Array(
    await sharp({ create: { width: 300, height: 20, channels: 3, background } })
      .jpeg()
      .toBuffer(),
  );
const files = async () => {
  const found: string[] = [];
  for await (const key of test.services.blobs.list(askedPrefix(project.projectId))) found.push(key);
  return found;
};
/** Keeps a picture as an answer does, where the project keeps so many. */
const keep = async (bytes: Uint8Array, kept: number) => {
  await test.services.db
    .update(projectTable)
    .set({ settings: sql`settings || jsonb_build_object('keepAsked', ${kept}::int)` })
    .where(eq(projectTable.id, project.projectId));
  await writeAsked(test.services, { ...place(), memberId: project.memberId, roundId: project.roundIds[0] }, bytes, {
    class: 'flat',
    probability: 0.7,
    classes: [{ classId: project.classIds[1] ?? '', name: 'flat', probability: 0.7 }],
  });
};

describe('what was asked', () => {
  it('SERVE-7 is kept only where a lead wants it: encoded anew, each picture once, the newest so many', async () => {
    const ask = async () => {
      const answer = await test.ask(`/api/projects/${project.projectId}/predict`, {
        method: 'POST',
        token,
        body: await draw('#113355'),
      });
      return answer.status;
    };
    await ask();
    await project.makeFiles();
    const isThere = (await ask()) === 200;
    expect(await rows()).toEqual([]);
    expect(await files()).toEqual([]);
    await caller().serving.keepAsked({ ...place(), kept: 100 });
    if (isThere) {
      await ask();
      await expect.poll(rows).toMatchObject([{ width: 300, height: 20, className: expect.any(String) as string }]);
    } else await keep(await draw('#113355'), 100);
    await keep(await draw('#113355'), 100);
    const [row] = await rows();
    expect(await rows()).toHaveLength(1);
    const picture = await test.ask(`/media/projects/${project.projectId}/asked/${row?.id}`, { token });
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
    for (const colour of ['red', 'green', 'blue']) await keep(await draw(colour), 2);
    expect(await rows()).toHaveLength(2);
    expect(await files()).toHaveLength(2);
    await caller().serving.keepAsked({ ...place(), kept: 0 });
    expect(await rows()).toEqual([]);
    expect(await files()).toEqual([]);
    // Of an answer that was under way when it was switched off nothing is left either.
    await keep(await draw('orange'), 0);
    expect(await rows()).toEqual([]);
    expect(await files()).toEqual([]);
  });

  it('SERVE-7 goes to review with one call: into the pool, unlabeled, asked of people first, once', async () => {
    await keep(await draw('#aa3311'), 10);
    await keep(await draw('#11aa33'), 10);
    const before = await test.services.db.select().from(image).where(eq(image.projectId, project.projectId));
    const ids = (await rows()).map(({ id }) => id);
    expect(await caller().serving.sendAsked({ ...place(), ids })).toEqual({ queued: 2 });
    const after = await test.services.db.select().from(image).where(eq(image.projectId, project.projectId));
    const known = new Set(before.map(({ id }) => id));
    expect(after.filter(({ id }) => !known.has(id))).toMatchObject([
      { split: 'pool', consensusState: 'none' },
      { split: 'pool', consensusState: 'none' },
    ]);
    expect((await rows()).every(({ sentAt }) => sentAt !== null)).toBe(true);
    const items = await test.services.db.select().from(reviewItem).where(eq(reviewItem.projectId, project.projectId));
    expect(items).toMatchObject([
      { guessClassId: project.classIds[1], status: 'open', roundId: project.roundIds[0] },
      { guessClassId: project.classIds[1], status: 'open', roundId: project.roundIds[0] },
    ]);
    expect(await caller().serving.sendAsked({ ...place(), ids })).toEqual({ queued: 0 });
  });

  it('SERVE-7 is not taken in a second time, and nothing of it is drawn for validation', async () => {
    const { db } = test.services;
    await db
      .update(projectTable)
      .set({ settings: sql`settings || '{"validationShare": 0.9}'::jsonb` })
      .where(eq(projectTable.id, project.projectId));
    // Above the size up to which pictures are kept without loss: encoded anew it is another one.
    const noise = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: 'gray',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    const { contentHash } = await processImage(new Uint8Array(noise));
    const [held] = await db
      .update(image)
      .set({ contentHash })
      .where(
        eq(
          image.id,
          (
            await db
              .select({ id: image.id })
              .from(image)
              .where(and(eq(image.projectId, project.projectId), eq(image.split, 'pool')))
              .limit(1)
          )[0]?.id ?? '',
        ),
      )
      .returning({ id: image.id });
    const count = () => db.$count(image, eq(image.projectId, project.projectId));
    const before = await count();
    await keep(new Uint8Array(noise), 10);
    const unsent = async () => (await rows()).filter(({ sentAt }) => sentAt === null).map(({ id }) => id);
    await caller().serving.sendAsked({ ...place(), ids: await unsent() });
    expect([await count(), held === undefined]).toEqual([before, false]);
    for (const colour of ['#010203', '#a0b0c0', '#55ee11', '#ee5511', '#1155ee']) await keep(await draw(colour), 20);
    expect(await caller().serving.sendAsked({ ...place(), ids: await unsent() })).toEqual({ queued: 5 });
    expect(await count()).toBe(before + 5);
  });

  it('SERVE-7 that is held out is not asked of anybody', async () => {
    const { db } = test.services;
    await keep(await draw('#3311aa'), 10);
    const ids = (await rows()).filter(({ sentAt }) => sentAt === null).map(({ id }) => id);
    const isMine = eq(image.projectId, project.projectId);
    const before = new Set((await db.select().from(image).where(isMine)).map(({ id }) => id));
    expect(await caller().serving.sendAsked({ ...place(), ids })).toEqual({ queued: 1 });
    const [taken] = (await db.select().from(image).where(isMine)).filter(({ id }) => !before.has(id));
    const imageId = taken?.id ?? '';
    await db.update(image).set({ split: 'test' }).where(eq(image.id, imageId));
    await db.delete(reviewItem).where(eq(reviewItem.imageId, imageId));
    await db.update(askedImage).set({ sentAt: null });
    expect(await caller().serving.sendAsked({ ...place(), ids })).toEqual({ queued: 0 });
  });
});
