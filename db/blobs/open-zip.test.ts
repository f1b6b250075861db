import { read } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openZip } from './open-zip.ts';
import { listEntries, readEntry } from './promised-zip.ts';
import { zipFiles } from './zip-files.ts';

const NAMES = 600;
const OPTIONS = { lazyEntries: true, validateEntrySizes: true };

describe('a zip on disk', () => {
  let folder: string;
  let path: string;
  let whole: Buffer;
  const files = Array.from({ length: NAMES }, (_, i) => ({
    path: `class ${i % 7}/${'long '.repeat(i % 40)}name ${i}.png`,
    bytes: Buffer.from(`what stands in ${i} ${'x'.repeat(i % 300)}`),
  }));
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pupil-zip-'));
    path = join(folder, 'many.zip');
    whole = await zipFiles(files);
    await writeFile(path, whole);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('PROPOSAL-5 has its table of contents read in a few large pieces, however many names it has', async () => {
    let reads = 0;
    const zip = await openZip(path, OPTIONS, (fd, into, at, done) => {
      reads += 1;
      read(fd, into, 0, into.length, at, done);
    });
    const entries = await listEntries(zip, (entry) => entry);
    expect(entries.map((entry) => entry.fileName)).toEqual(files.map((file) => file.path));
    expect(reads).toBeLessThan(10);
    for (const at of [NAMES - 1, 0, 17, 300, 301]) {
      const entry = entries[at];
      expect(entry && (await readEntry(zip, entry))).toEqual(files[at]?.bytes);
    }
    zip.close();
  });

  it('that was cut off is refused, and so is what is no zip', async () => {
    const cut = join(folder, 'cut.zip');
    await writeFile(cut, whole.subarray(0, whole.length / 2));
    await expect(openZip(cut, OPTIONS)).rejects.toThrow();
    await writeFile(cut, '');
    await expect(openZip(cut, OPTIONS)).rejects.toThrow();
    // Its end says that the table is longer than it is.
    const lying = Buffer.from(whole);
    const end = lying.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    lying.writeUInt32LE(lying.length - 60, end + 16);
    await writeFile(cut, lying);
    const zip = await openZip(cut, OPTIONS);
    await expect(listEntries(zip, (entry) => entry)).rejects.toThrow();
    zip.close();
  });
});
