import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashString } from '#core/math/random.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { importImages } from './import-images.ts';
import type { ImportFile } from './import-images.ts';

const COUNT = 40;
const SHARES = { validationShare: 0.2, testShare: 0.1 };

let test: TestServices;
let files: ImportFile[];
beforeAll(async () => {
  test = await createTestServices();
  files = await Promise.all(
    Array.from({ length: COUNT }, async (_, i): Promise<ImportFile> => {
      const pixels = Buffer.from(Array.from({ length: 24 * 24 * 3 }, (_byte, at) => hashString(`${i}:${at}`) % 256));
      const bytes = await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
        .png()
        .toBuffer();
      return { name: `${i}.png`, bytes, className: ['ant', 'bee', null][i % 3] ?? null, split: null };
    }),
  );
});
afterAll(() => test.close());

async function open() {
  const { db } = test.services;
  const organizationId = await createOrganization(db);
  const owner = await createMember(db, { organizationId, role: 'owner' });
  const { id: projectId } = await createProject(db, { organizationId, classes: ['ant', 'bee'] });
  const as = test.as(owner);
  /** Sends files into an import of their own; `until`: the connection breaks behind so many. */
  const send = async (until = Infinity) => {
    const { id: importId } = await as.image.startImport({ projectId, name: 'set', total: COUNT });
    async function* arrive(): AsyncGenerator<ImportFile> {
      for (const [at, file] of files.entries()) {
        if (at >= until) throw new Error('The connection broke.');
        yield file;
      }
    }
    // Drawn by content alone: any two projects that hold the same images draw the same.
    const target = { importId, projectId, memberId: owner.memberId, settings: SHARES, seed: 'one' };
    try {
      await importImages(test.services, target, arrive());
      await as.image.endImport({ projectId, importId });
    } catch {
      await as.image.failImport({ projectId, importId, message: 'The connection broke.' });
    }
    return as.image.getImport({ projectId, importId });
  };
  /** Each image with its split and its class. */
  const state = async () => {
    const { images } = await as.gallery.list({ projectId, limit: 200 });
    const { classes } = await as.project.get({ projectId });
    const nameOf = new Map(classes.map((one) => [one.id, one.name]));
    return images
      .map(({ fileName, split, classId }): [string, string | null, string | null] => [
        fileName,
        split,
        nameOf.get(classId ?? '') ?? null,
      ])
      .sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  };
  return { send, state };
}

it('IMAGE-32 an import that broke at any tenth, gone on with, ends as one that never broke', async () => {
  const whole = await open();
  expect(await whole.send()).toMatchObject({ status: 'ended', imported: COUNT, failed: 0 });
  const expected = await whole.state();
  expect(expected).toHaveLength(COUNT);
  expect(new Set(expected.map(([, split]) => split)).size).toBe(3);
  for (let tenth = 1; tenth <= 9; tenth += 1) {
    const broken = await open();
    const until = (tenth * COUNT) / 10;
    const first = await broken.send(until);
    expect(first).toMatchObject({ status: 'failed', failed: 0 });
    const again = await broken.send();
    expect(again).toMatchObject({ status: 'ended', failed: 0 });
    expect([first.imported + again.imported, first.imported, again.duplicates]).toEqual([
      COUNT,
      again.duplicates,
      first.imported,
    ]);
    expect(await broken.state()).toEqual(expected);
  }
});
