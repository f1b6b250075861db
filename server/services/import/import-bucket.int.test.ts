import { Writable } from 'node:stream';
import { pino } from 'pino';
import sharp from 'sharp';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { importBucket as schema } from '#core/schemas/import.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { activity, image, imageImport } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { startBucketServer } from '../../testing/bucket-server.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importBucket } from './import-bucket.ts';

const SECRET = 'very-secret-key-of-the-bucket';
const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: SECRET };

const paint = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 20, height: 20, channels: 3, background: { r: red, g: 90, b: 20 } } })
    .png()
    .toBuffer();

let test: TestServices;
let owner: Awaited<ReturnType<typeof createMember>>;
let bucket: Awaited<ReturnType<typeof startBucketServer>>;
let open: typeof bucket;
const logged: string[] = [];
beforeAll(async () => {
  test = await createTestServices();
  owner = await createMember(test.services.db, {
    organizationId: await createOrganization(test.services.db),
    role: 'owner',
  });
  const objects = new Map<string, Buffer>([
    ['photos/', Buffer.alloc(0)],
    ['photos/cat/1.png', await paint(1)],
    ['photos/cat/2 & 3.png', await paint(40)],
    ['photos/dog/1.png', await paint(80)],
    ['photos/dog/broken.png', Buffer.from('no image')],
    ['photos/notes.pdf', Buffer.from('%PDF')],
    ['photos/.DS_Store', Buffer.from('x')],
    ['other/elk/1.png', await paint(120)],
    ['listed/a.png', await paint(160)],
    ['listed/b.png', await paint(200)],
    ['listed/labels.csv', Buffer.from('file,class\na.png,newt\nb.png,owl\n')],
  ]);
  bucket = await startBucketServer({ bucket: 'pictures', accessKeyId: KEYS.accessKeyId, objects });
  open = await startBucketServer({ bucket: 'pictures', accessKeyId: null, objects });
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  test.services.log = pino({ level: 'trace' }, stream);
});
afterAll(async () => {
  bucket.close();
  open.close();
  await test.close();
});

/** The test's bucket stands on loopback, under a name of its own. */
const local = {
  resolve: async (host: string) => [{ address: host === 'bucket.test' ? '127.0.0.1' : host, family: 4 }],
  isAllowed: (address: string) => address === '127.0.0.1',
};

async function take(input: Record<string, unknown>, net: Parameters<typeof importBucket>[4] = local) {
  const project = await createProject(test.services.db, { organizationId: owner.organizationId, classes: [] });
  const actor = { ...owner, email: '' };
  const { importId, finished } = await importBucket(
    test.services,
    actor,
    project,
    schema.parse({ bucket: 'pictures', endpoint: `http://bucket.test:${bucket.port}`, ...KEYS, ...input }),
    net,
  );
  await finished;
  const classes = new Map((await listClasses(test.services.db, project.id)).map((item) => [item.id, item.name]));
  const images = await test.services.db.select().from(image).where(eq(image.projectId, project.id));
  const [row] = await test.services.db.select().from(imageImport).where(eq(imageImport.id, importId));
  return {
    row,
    labels: Object.fromEntries(images.map((item) => [item.fileName, classes.get(item.consensusClassId ?? '') ?? null])),
  };
}

describe('an import from a bucket', () => {
  it('FORMAT-4 takes every image below the prefix, folders as labels, and names what it could not take', async () => {
    const { row, labels } = await take({ prefix: 'photos/', folderLabels: true });
    expect(labels).toEqual({ 'cat/1.png': 'cat', 'cat/2 & 3.png': 'cat', 'dog/1.png': 'dog' });
    expect(row).toMatchObject({ status: 'ended', source: 'bucket', total: 5, imported: 3, labeled: 3, failed: 2 });
    expect(row?.errors.map(({ file }) => file).sort()).toEqual(['dog/broken.png', 'notes.pdf']);
  });

  it('FORMAT-4 reads label files below the prefix, and leaves labels out unless asked', async () => {
    expect((await take({ prefix: 'listed/', folderLabels: true })).labels).toEqual({ 'a.png': 'newt', 'b.png': 'owl' });
    expect((await take({ prefix: 'photos/dog' })).labels).toEqual({ 'dog/1.png': null });
  });

  it('FORMAT-4 fails with a sentence where there is nothing, no such bucket, or no leave', async () => {
    expect((await take({ prefix: 'nothing/' })).row).toMatchObject({
      status: 'failed',
      errors: [
        {
          message: expect.stringContaining('no images below this prefix') as string,
          said: { key: 'refusal.noneBelowPrefix', values: {} },
        },
      ],
    });
    expect((await take({ bucket: 'another' })).row).toMatchObject({
      status: 'failed',
      errors: [{ message: 'There is no bucket of this name.', said: { key: 'refusal.noBucket', values: {} } }],
    });
    expect((await take({ accessKeyId: 'AKIAWRONG' })).row).toMatchObject({
      status: 'failed',
      errors: [{ message: expect.stringContaining('refused these keys') as string }],
    });
  });

  it('FORMAT-5 keys are kept in no row and no line of the log', async () => {
    const everything = JSON.stringify([
      await test.services.db.select().from(imageImport),
      await test.services.db.select().from(activity),
      logged,
    ]);
    expect(logged.length).toBeGreaterThan(0);
    expect(everything).toContain('s3://pictures/photos/');
    for (const secret of [SECRET, 'AKIATEST', 'AKIAWRONG']) expect(everything).not.toContain(secret);
  });

  it(
    'FORMAT-5 an endpoint in the inner network is refused, by number and by name, unless the operator allows ' + 'it',
    async () => {
      const before = bucket.requests.length;
      for (const host of ['127.0.0.1', '[::1]', '169.254.169.254', '2130706433']) {
        await expect(take({ endpoint: `http://${host}:${bucket.port}` }, {})).rejects.toMatchObject({
          code: 'BAD_INPUT',
        });
      }
      const named = await take(
        {},
        {
          resolve: async () => [
            { address: '93.184.216.34', family: 4 },
            { address: '127.0.0.1', family: 4 },
          ],
        },
      );
      expect(named.row).toMatchObject({
        status: 'failed',
        errors: [{ message: expect.stringContaining('cannot be reached') as string }],
      });
      expect(bucket.requests).toHaveLength(before);
      test.services.env.PUPIL_PRIVATE_S3 = '1';
      try {
        expect((await take({ prefix: 'other/', endpoint: `http://127.0.0.1:${bucket.port}` }, {})).row).toMatchObject({
          status: 'ended',
          imported: 1,
        });
      } finally {
        test.services.env.PUPIL_PRIVATE_S3 = '0';
      }
    },
  );

  it('FORMAT-5 without keys it asks unsigned, and never with those of the machine', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAMACHINE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'the-operators-own');
    try {
      const { row } = await take({
        prefix: 'other/',
        endpoint: `http://bucket.test:${open.port}`,
        accessKeyId: '',
        secretAccessKey: '',
      });
      expect(row).toMatchObject({ status: 'ended', imported: 1 });
      expect(new Set(open.requests.map(({ authorization }) => authorization))).toEqual(new Set([null]));
    } finally {
      vi.unstubAllEnvs();
    }
    expect(schema.safeParse({ bucket: 'pictures', accessKeyId: 'one' }).success).toBe(false);
  });
});
