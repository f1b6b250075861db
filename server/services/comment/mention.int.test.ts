import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertMember } from '#db/queries/people/member.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';

type Person = Awaited<ReturnType<typeof createMember>>;
let test: TestServices;
let organizationId: string;
let projectId: string;
let imageId: string;
let owner: Person;
let lead: Person;
let anna: Person;
let outsider: Person;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  organizationId = await createOrganization(db);
  owner = await createMember(db, { organizationId, role: 'owner', name: 'Olivia Owner' });
  lead = await createMember(db, { organizationId, role: 'lead', name: 'Lea Lead' });
  anna = await createMember(db, { organizationId, role: 'annotator', name: 'Anna' });
  outsider = await createMember(db, { organizationId: await createOrganization(db, 'Elsewhere'), role: 'owner' });
  projectId = (await createProject(db, { organizationId, name: 'Cats' })).id;
  [imageId = ''] = await createImages(db, { projectId, count: 1 });
});
afterAll(() => test.close());

const say = async (who: Person, body: string, mentions: string[], at = { projectId, imageId }): Promise<string> => {
  const id = randomUUID();
  await test.as(who).comment.create({ ...at, id, body, mentions });
  return id;
};
const bodies = async (who: Person) => (await test.as(who).mention.list({})).map(({ body }) => body);
const unread = (who: Person) => test.as(who).mention.unread();

describe('a mention', () => {
  it('MENTION-1 is stored for live members other than the author, once', async () => {
    const gone = await createMember(test.services.db, { organizationId, role: 'lead' });
    await test.as(owner).people.remove({ organizationId, memberId: gone.memberId });
    const id = randomUUID();
    const comment = {
      projectId,
      imageId,
      id,
      body: '@Lea Lead look',
      mentions: [lead.memberId, lead.memberId, anna.memberId, gone.memberId, outsider.memberId, randomUUID()],
    };
    await test.as(anna).comment.create(comment);
    await test.as(anna).comment.create({ ...comment, mentions: [owner.memberId] });
    expect(await test.as(lead).mention.list({})).toMatchObject([
      {
        commentId: id,
        body: '@Lea Lead look',
        name: 'Anna',
        memberId: anna.memberId,
        projectId,
        projectName: 'Cats',
        imageId,
        fileName: 'image-0.png',
        readAt: null,
      },
    ]);
    for (const other of [owner, anna, outsider]) expect(await bodies(other)).toEqual([]);
    // Who comes back was not named while they were away.
    await upsertMember(test.services.db, { organizationId, userId: gone.userId, role: 'lead' });
    expect(await bodies(gone)).toEqual([]);
  });

  it('MENTION-3 is read once opened, or with all up to the newest seen, and by nobody else', async () => {
    const [first, second, third] = [
      await say(lead, 'one', [anna.memberId]),
      await say(lead, 'two', [anna.memberId, owner.memberId]),
      await say(lead, 'three', [anna.memberId]),
    ];
    expect(await unread(anna)).toBe(3);
    await test.as(owner).mention.read({ commentId: first });
    await test.as(outsider).mention.readAll({ commentId: third });
    expect(await unread(anna)).toBe(3);
    await test.as(anna).mention.read({ commentId: third });
    expect((await test.as(anna).mention.list({})).map(({ body, readAt }) => [body, readAt === null])).toEqual([
      ['three', false],
      ['two', true],
      ['one', true],
    ]);
    await say(lead, 'four', [anna.memberId]);
    await test.as(anna).mention.readAll({ commentId: second });
    expect(await unread(anna)).toBe(1);
    expect(await unread(owner)).toBe(1);
  });

  it('MENTION-2 is listed newest first, page by page', async () => {
    const all: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await test.as(anna).mention.list({ limit: 3, ...(before ? { before } : {}) });
      all.push(...page.map(({ body }) => body));
      if (page.length < 3) break;
      before = page.at(-1)?.commentId;
    }
    expect(all).toEqual(['four', 'three', 'two', 'one']);
  });

  it(
    'MENTION-2 comes from all organizations of a person, to a token from its own, and is gone with project or ' +
      'membership',
    async () => {
      const { db } = test.services;
      const second = await createOrganization(db, 'Second');
      const head = await createMember(db, { organizationId: second, role: 'owner' });
      const memberId = await upsertMember(db, { organizationId: second, userId: anna.userId, role: 'annotator' });
      const project = await createProject(db, { organizationId: second, name: 'Dogs' });
      const [dog = ''] = await createImages(db, { projectId: project.id, count: 1 });
      const id = await say(head, 'dog', [memberId], { projectId: project.id, imageId: dog });
      expect((await bodies(anna))[0]).toBe('dog');
      const token = test.asToken(anna);
      expect((await token.mention.list({})).map(({ body }) => body)).not.toContain('dog');
      await token.mention.readAll({ commentId: id });
      expect(await unread(anna)).toBe(1);
      expect(await token.mention.unread()).toBe(0);

      await test.as(head).people.remove({ organizationId: second, memberId });
      expect(await bodies(anna)).not.toContain('dog');
      expect(await unread(anna)).toBe(0);
      await upsertMember(db, { organizationId: second, userId: anna.userId, role: 'annotator' });
      expect(await unread(anna)).toBe(1);
      await test.as(head).project.delete({ projectId: project.id, confirmName: 'Dogs' });
      expect(await bodies(anna)).not.toContain('dog');
      expect(await unread(anna)).toBe(0);
    },
  );
});
