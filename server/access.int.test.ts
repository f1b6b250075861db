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
]);

/** What everybody who is signed in may read and change of themselves, whatever their role. */
const OWN = new Set([
  'people.changePassword',
  'people.changeName',
  'mention.list',
  'mention.unread',
  'mention.read',
  'mention.readAll',
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
  'quality.team',
  'quality.gold',
  'review.disputed',
  'people.invitations',
  'people.activity',
  'people.tokens',
  'project.unsettledBy',
  'worker.list',
  'webhook.list',
  'export.listModels',
  'export.listSnapshots',
  'export.diffSnapshots',
  'round.flips',
  'run.samplePrediction',
]);

const paths = Object.keys(appRouter._def.procedures);

let test: TestServices;
let input: Record<string, unknown>;
let outsider: { userId: string };
let viewer: { userId: string };
let annotator: { userId: string };

beforeAll(async () => {
  test = await createTestServices();
  const organizationId = await createOrganization(test.services.db);
  const project = await createProject(test.services.db, { organizationId });
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

function typeOf(path: string): string {
  return (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[path]?._def.type ?? '';
}
