import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { appRouter } from './trpc/router.ts';
import { createTestServices } from './testing/services.ts';
import type { TestServices } from './testing/services.ts';

/** Procedures that a stranger may call: they prove a secret, or say only who is asking. */
const OPEN = new Set([
  'people.me',
  'people.checkSetup',
  'people.createOwner',
  'people.checkInvitation',
  'people.acceptInvitation',
  'people.signInWays',
  'people.checkReset',
  'people.resetPassword',
  'people.askForReset',
]);

/** What everybody who is signed in may read and change of themselves, whatever their role. */
const OWN = new Set([
  'people.changeLanguage',
  'people.changePassword',
  'people.changeLanguage',
  'people.changeName',
  'mention.list',
  'mention.unread',
  'mention.read',
  'mention.readAll',
  'notification.list',
  'notification.unread',
  'notification.read',
  'notification.muted',
  'notification.mute',
]);

/**
 * Everything that an annotator may change, and what only leads may read: a new procedure is refused here until it
 * stands in its list.
 */
const ANNOTATOR_CHANGES = new Set([
  'label.claim',
  'label.claimGrid',
  'label.renew',
  'label.release',
  'label.submit',
  'label.undo',
  'comment.create',
  'gallery.flag',
  'gallery.undo',
  'gallery.saveView',
  'gallery.removeView',
  'review.claim',
  'review.renew',
  'review.release',
  'review.reveal',
]);
const LEADS_READ = new Set([
  'image.imports',
  'image.getImport',
  'image.lookAlikeCounts',
  'image.lookAlikes',
  'image.nearDuplicates',
  'source.list',
  'source.objects',
  'run.previewDeletion',
  'quality.team',
  'quality.gold',
  'review.disputed',
  'people.invitations',
  'people.allTokens',
  'people.activity',
  'people.tokens',
  'project.previewMerge',
  'project.unsettledBy',
  'trainer.list',
  'webhook.list',
  'export.listModels',
  'serving.get',
  'serving.asked',
  'export.listSnapshots',
  'export.diffSnapshots',
  'insight.liveSuspects',
  'round.flips',
  'run.samplePrediction',
  'run.recommendation',
  'run.plan',
  'run.speeds',
]);

const paths = Object.keys(appRouter._def.procedures);

/** The name of a project that is nobody's business but its members'. */
const HIDDEN = 'Quokka';

let test: TestServices;
let input: Record<string, unknown>;
let outsider: { userId: string };
let viewer: { userId: string };
let annotator: { userId: string };
let confined: Awaited<ReturnType<typeof createMember>>;

beforeAll(async () => {
  test = await createTestServices();
  const organizationId = await createOrganization(test.services.db);
  const project = await createProject(test.services.db, { organizationId, name: HIDDEN });
  const other = await createProject(test.services.db, { organizationId, name: 'Seen' });
  confined = await createMember(test.services.db, { organizationId, role: 'lead', projectIds: [other.id] });
  const [imageId] = await createImages(test.services.db, { projectId: project.id, count: 3 });
  viewer = await createMember(test.services.db, { organizationId, role: 'viewer' });
  annotator = await createMember(test.services.db, { organizationId, role: 'annotator' });
  outsider = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db, 'Elsewhere'),
    role: 'owner',
  });
  input = { organizationId, projectId: project.id, imageId };
});
afterAll(() => test.close());

type Call = (input: unknown) => Promise<unknown>;

function callOf(user: { userId: string } | null, path: string): Call {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], test.as(user)) as Call;
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    (error: { code?: string }) => error.code ?? 'UNKNOWN',
  );

describe.each(paths.filter((path) => !OPEN.has(path)))('%s', (path) => {
  it('ACCESS-1 refuses a stranger', async () => {
    expect(await codeOf(callOf(null, path)(input))).toBe('UNAUTHORIZED');
  });

  it.skipIf(OWN.has(path))(
    'ACCESS-2 answers an outsider as if nothing were there, before it looks at the rest of the input',
    async () => {
      const existing = await codeOf(callOf(outsider, path)(input));
      const invented = await codeOf(
        callOf(outsider, path)({ ...input, organizationId: randomUUID(), projectId: randomUUID() }),
      );
      expect(existing).toBe(invented);
      expect(existing).toBe('NOT_FOUND');
    },
  );
});

/** A lead of the same organization who sees another project of it only. */
describe('a member without the project', () => {
  const ofProject = paths.filter((path) => !OPEN.has(path) && !OWN.has(path) && inputOf(path).includes('projectId'));
  const ofOrganization = paths.filter(
    (path) => !OPEN.has(path) && typeOf(path) === 'query' && inputOf(path)[0] === 'organizationId',
  );

  it.each(ofProject)('MEMBER-1 gets the answer for one that does not exist by %s', async (path) => {
    const told = (given: unknown) =>
      callOf(
        confined,
        path,
      )(given).then(
        () => 'OK',
        (error: { code?: string; message?: string }) => `${error.code}: ${error.message}`,
      );
    const existing = await told(input);
    expect(existing).toBe(await told({ ...input, projectId: randomUUID() }));
    expect(existing).toMatch(/^NOT_FOUND/);
  });

  it.each([...ofOrganization, 'mention.list', 'notification.list', 'people.me'])(
    'MEMBER-1 reads nothing of the project by %s',
    async (path) => {
      const { db } = test.services;
      const owner = await createMember(db, { organizationId: confined.organizationId, role: 'owner' });
      // Something of every kind that names the project.
      await test.as(owner).people.invite({
        organizationId: confined.organizationId,
        role: 'annotator',
        uses: 1,
        days: 1,
        projectIds: [String(input.projectId)],
      });
      await test.as(owner).project.update({ projectId: String(input.projectId), guidelines: `Of ${HIDDEN}` });
      const insider = await createMember(db, {
        organizationId: confined.organizationId,
        name: `Only ${HIDDEN}`,
        projectIds: [String(input.projectId)],
      });
      const code = await codeOf(callOf(confined, path)(input));
      if (code !== 'OK') return expect(code).toBe('FORBIDDEN');
      const answer = JSON.stringify(await callOf(confined, path)(input));
      expect(answer).not.toContain(String(input.projectId));
      expect(answer).not.toContain(HIDDEN);
      return expect(answer).not.toContain(insider.memberId);
    },
  );
});

describe('a viewer', () => {
  const writes = paths.filter((path) => !OPEN.has(path) && !OWN.has(path) && typeOf(path) === 'mutation');

  it.each(writes)('ACCESS-1 cannot change anything by %s', async (path) => {
    expect(await codeOf(callOf(viewer, path)(input))).toBe('FORBIDDEN');
  });
});

describe('an annotator', () => {
  it.each(paths.filter((path) => !OPEN.has(path) && !OWN.has(path)))(
    'ACCESS-1 gets no more than the role by %s',
    async (path) => {
      const isTheirs = typeOf(path) === 'mutation' ? ANNOTATOR_CHANGES.has(path) : !LEADS_READ.has(path);
      const code = await codeOf(callOf(annotator, path)(input));
      // Theirs may still miss input here; what is not theirs is refused before that.
      expect(code === 'FORBIDDEN').toBe(!isTheirs);
    },
  );
});

/** The fields of the first input of a procedure: what its ladder asks for. */
function inputOf(path: string): string[] {
  const procedures = appRouter._def.procedures as unknown as Record<
    string,
    { _def: { inputs: { shape?: Record<string, unknown> }[] } }
  >;
  return Object.keys(procedures[path]?._def.inputs[0]?.shape ?? {});
}

function typeOf(path: string): string {
  return (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[path]?._def.type ?? '';
}
