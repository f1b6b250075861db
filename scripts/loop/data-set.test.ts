import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { listLabels } from './data-set.ts';

const PATHS = ['train/cat/1.png', 'train/Cat/2.png', 'train/dog/3.png', 'test/dog/4.png', 'test/cat/5.png'];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pupil-data-set-'));
  for (const path of PATHS) {
    await mkdir(dirname(join(folder, 'set', path)), { recursive: true });
    await writeFile(join(folder, 'set', path), path);
  }
  const files = PATHS.map((path) => ({ path, bytes: Buffer.from(path) }));
  await writeFile(join(folder, 'set.zip'), await zipFiles(files));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(['set', 'set.zip'])(
  'PROPOSAL-2 the loop says how it understood its data before it begins: %s',
  async (name) => {
    const said: string[] = [];
    const files = await listLabels(join(folder, name), (lines) => said.push(...lines));
    expect(said).toEqual([
      '5 images (3 pool, 2 test), read as labeled by the folders of level 2',
      '2 classes: cat 3, dog 2',
      expect.stringMatching(/^(cat, Cat|Cat, cat) are one class: [Cc]at$/u) as string,
    ]);
    expect(files.map((file) => file.split).sort()).toEqual(['pool', 'pool', 'pool', 'test', 'test']);
    expect(new Set(files.map(({ className }) => className)).size).toBe(2);
  },
);

it('PROPOSAL-2 data without two classes is refused with how to lay it out', async () => {
  await mkdir(join(folder, 'one', 'photos'), { recursive: true });
  await writeFile(join(folder, 'one', 'photos', '1.png'), '');
  const said: string[] = [];
  await expect(listLabels(join(folder, 'one'), (lines) => said.push(...lines))).rejects.toThrow(/one folder a class/u);
  expect(said).toEqual(['1 image (1 pool), read as images without labels', '1 without a label']);
});
