import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImages, createProject } from '#db/seed/factories.ts';
import { announce } from '../../realtime/sockets.ts';
import type { PupilServer } from '../../realtime/sockets.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { createTeam } from '../../testing/team.ts';

let test: TestServices;
let team: Awaited<ReturnType<typeof createTeam>>;
beforeAll(async () => {
  test = await createTestServices();
  team = await createTeam(test.services.db, 'owner');
});
afterAll(() => test.close());

const COUNT = 60;

/** A project of one answer an image, where every second image that is handed out has a known answer. */
async function open() {
  const { organizationId, lead, anna } = team;
  const settings = { goldShare: 0.5, goldPauseBelow: 0 };
  const project = await createProject(test.services.db, { organizationId, classes: ['cat', 'dog'], settings });
  const ids = await createImages(test.services.db, { projectId: project.id, count: COUNT });
  const [classId = ''] = project.classes.map(({ id }) => id);
  const gold = new Set(ids.slice(0, COUNT / 2));
  for (const imageId of gold)
    await test.as(lead).quality.setGold({ projectId: project.id, id: randomUUID(), imageId, classId });
  const submit = async (imageId: string, token: number | null) => {
    const id = randomUUID();
    const annotations = [{ id, imageId, kind: 'decide' as const, classId, token }];
    const [result] = await test.as(anna).label.submit({ projectId: project.id, annotations });
    return { id, late: result?.ok === true && result.late };
  };
  const claim = async (count: number) => (await test.as(anna).label.claim({ projectId: project.id, count })).images;
  return { projectId: project.id, gold, submit, claim };
}

describe('ANNOTATION-19 a gold item', () => {
  it('is told neither by its token nor by its place, and stands where it was when a page is loaded again', async () => {
    const { gold, claim, submit } = await open();
    const places: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const images = await claim(6);
      const tokens = images.map(({ token }) => token ?? 0);
      expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
      // One sequence, with no gap that a claim of another kind would leave.
      expect((tokens.at(-1) ?? 0) - (tokens[0] ?? 0)).toBe(tokens.length - 1);
      expect(await claim(6)).toEqual(images);
      places.push(...images.flatMap(({ id }, place) => (gold.has(id) ? [place] : [])));
      for (const { id, token } of images) await submit(id, token);
    }
    expect(new Set(places).size).toBeGreaterThanOrEqual(4);
  });

  it('is late when, and only when, any other image would be, and comes back from an undo like any other', async () => {
    const { projectId, gold, claim, submit } = await open();
    const images = await claim(12);
    const pick = (isGold: boolean) => images.filter(({ id }) => gold.has(id) === isGold);
    for (const isGold of [true, false]) {
      const [own, wrong, none] = pick(isGold);
      const answered = await submit(own?.id ?? '', own?.token ?? null);
      expect(answered.late).toBe(false);
      expect((await submit(wrong?.id ?? '', (wrong?.token ?? 0) + 1000)).late).toBe(true);
      expect((await submit(none?.id ?? '', null)).late).toBe(true);
      const undone = await test.as(team.anna).label.undo({ projectId, id: randomUUID(), annotationId: answered.id });
      expect(undone.token).toEqual(expect.any(Number));
    }
  });

  it('is held outside of the overlap, and given back like any other', async () => {
    const { projectId, claim } = await open();
    const faults = async () =>
      (
        await test.services.db
          .execute(sql`select i.id from image i where i.project_id = ${projectId} and i.lease_count <>
          (select count(*) from lease l where l.image_id = i.id and l.purpose = 'label')`)
      ).rows;
    await claim(12);
    expect(await faults()).toEqual([]);
    await test.as(team.anna).label.release({ projectId });
    expect(await faults()).toEqual([]);
    const left = await test.services.db.execute(sql`select 1 from lease where project_id = ${projectId}`);
    expect(left.rows).toEqual([]);
  });

  it('is told by nothing that its page says of it, nor by whom it is assigned to', async () => {
    const { projectId, gold, claim } = await open();
    const { db } = test.services;
    const [other = ''] = gold;
    await db.execute(sql`update image set assigned_to = ${team.lead.memberId} where id = ${other}`);
    const seen: { isGold: boolean; said: string }[] = [];
    for (let images = await claim(12); images.length > 0 && seen.length < COUNT; images = await claim(12)) {
      for (const { id } of images) {
        const { image, history } = await test.as(team.anna).gallery.image({ projectId, imageId: id });
        const { id: _id, contentHash: _hash, fileName: _name, createdAt: _at, ...rest } = image;
        seen.push({ isGold: gold.has(id), said: JSON.stringify({ rest, history }) });
      }
      expect(images.map(({ id }) => id)).not.toContain(other);
      await db.execute(sql`insert into annotation (id, project_id, image_id, member_id, kind, source)
        select gen_random_uuid(), ${projectId}, l.image_id, ${team.anna.memberId}, 'skip', 'label'
        from lease l where l.project_id = ${projectId}`);
      await test.as(team.anna).label.release({ projectId });
    }
    const said = (isGold: boolean) => new Set(seen.filter((one) => one.isGold === isGold).map((one) => one.said));
    expect(seen.filter(({ isGold }) => isGold).length).toBeGreaterThan(10);
    expect(said(true)).toEqual(said(false));
  });

  it('is not told by what colleagues are heard to answer', () => {
    const heard: unknown[] = [];
    const io = { to: () => ({ emit: (...sent: unknown[]) => heard.push(sent) }) } as unknown as PupilServer;
    const event = {
      name: 'annotation:submitted',
      projectId: 'p',
      imageId: 'secret',
      memberId: 'm',
      source: 'label',
    } as const;
    announce(io, event);
    return expect.poll(() => JSON.stringify(heard)).toMatch(/^(?!.*secret).*annotation:submitted/);
  });
});
