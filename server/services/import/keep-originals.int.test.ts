import { buffer } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { originalKey } from '#core/image/media.ts';
import { insertImport } from '#db/queries/image/image.ts';
import { image } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { unzip } from '../../testing/unzip.ts';
import { openLabels } from '../export/open-labels.ts';
import { HEIC } from '../image/decode/testing.ts';
import { importImages } from './import-images.ts';
import type { ImportFile } from './import-images.ts';

let test: TestServices;
beforeAll(async () => {
  test = await createTestServices();
});
afterAll(() => test.close());

async function openProject(keepOriginals: boolean) {
  const { db } = test.services;
  const owner = await createMember(db, { organizationId: await createOrganization(db), role: 'owner' });
  const { id: projectId } = await createProject(db, { organizationId: owner.organizationId, classes: ['cat'] });
  const take = async (files: { name: string; bytes: Buffer }[]) => {
    const { id: importId } = await insertImport(db, { projectId, createdBy: owner.memberId, name: 'test' });
    const settings = { validationShare: 0, testShare: 0, keepOriginals };
    await importImages(
      test.services,
      { importId, projectId, memberId: owner.memberId, seed: 1, settings },
      (async function* all(): AsyncGenerator<ImportFile> {
        for (const file of files) yield { ...file, className: 'cat', split: 'pool' };
      })(),
    );
  };
  const out = async (originals: boolean) => {
    const request = { project: { id: projectId, name: 'Zoo' }, annotators: false, roundId: null, originals } as const;
    const { stream } = await openLabels(test.services, owner, { ...request, format: 'imagefolder' }, new Date());
    const files = await unzip(await buffer(stream));
    return [...files].filter(([name]) => name.startsWith('train/')).sort(([a], [b]) => (a < b ? -1 : 1));
  };
  const rows = () => db.select().from(image).where(eq(image.projectId, projectId));
  return { projectId, take, out, rows };
}

const draw = async (format: 'png' | 'webp'): Promise<Buffer> =>
  sharp({ create: { width: 9, height: 9, channels: 3, background: '#345678' } })
    .toFormat(format, { lossless: true })
    .toBuffer();

it('IMAGE-35 uploaded files leave in exports byte for byte under their names, the first of each image', async () => {
  const at = await openProject(true);
  const [png, webp] = [await draw('png'), await draw('webp')];
  await at.take([{ name: 'set/photo.HEIC', bytes: HEIC }]);
  await at.take([{ name: 'set/first.png', bytes: png }]);
  await at.take([{ name: 'set/again.webp', bytes: webp }]);
  const files = await at.out(true);
  expect(files.map(([name]) => name)).toEqual([
    expect.stringMatching(/^train\/cat\/first-[0-9a-f]{12}\.png$/u),
    expect.stringMatching(/^train\/cat\/photo-[0-9a-f]{12}\.HEIC$/u),
  ]);
  expect(files.map(([, bytes]) => bytes.equals(png) || bytes.equals(HEIC))).toEqual([true, true]);
  expect((await at.out(false)).every(([name]) => name.endsWith('.webp'))).toBe(true);
});

it('IMAGE-35 an original that has changed breaks the download; without the setting there is none', async () => {
  const at = await openProject(true);
  await at.take([{ name: 'a.png', bytes: await draw('png') }]);
  const [row] = await at.rows();
  await test.services.blobs.put(originalKey(at.projectId, row?.originalSha256 ?? ''), Buffer.from('something else'));
  await expect(at.out(true)).rejects.toThrow('has changed');
  const off = await openProject(false);
  await off.take([{ name: 'a.png', bytes: await draw('png') }]);
  expect((await off.rows())[0]).toMatchObject({ originalSha256: null, originalBytes: null });
  expect((await off.out(true)).map(([name]) => name.endsWith('.webp'))).toEqual([true]);
});
