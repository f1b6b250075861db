import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkZip } from './check-zip.ts';
import { unzipFiles, zipFiles } from './zip-files.ts';

const entry = (at: number, compressedSize: number, uncompressedSize: number) => ({
  relativeOffsetOfLocalHeader: at,
  compressedSize,
  uncompressedSize,
  fileNameLength: 1,
});

/** A zip whose table names one packed file under several names, as a bomb does. */
async function overlapping(names: number): Promise<Buffer> {
  const zip = await zipFiles([{ path: 'a', bytes: deflateRawSync(Buffer.alloc(1000)) }]);
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const at = zip.readUInt32LE(end + 16);
  const table = zip.subarray(at, end);
  const tables = Array.from({ length: names }, (_, index) => {
    const copy = Buffer.from(table);
    copy[46] = 97 + index;
    return copy;
  });
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt16LE(names, 8);
  tail.writeUInt16LE(names, 10);
  tail.writeUInt32LE(table.length * names, 12);
  return Buffer.concat([zip.subarray(0, at), ...tables, tail]);
}

describe('IMAGE-31 an archive', () => {
  it('whose files share bytes is refused before anything is unpacked', async () => {
    expect((await unzipFiles(await overlapping(1))).size).toBe(1);
    await expect(unzipFiles(await overlapping(20))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(() => checkZip([entry(0, 100, 100), entry(131, 100, 100)], 262)).not.toThrow();
    expect(() => checkZip([entry(131, 100, 100), entry(0, 101, 100)], 263)).toThrow(/share their bytes/);
  });

  it('that is cut off, or unpacks to very much, is refused as a whole', () => {
    expect(() => checkZip([entry(0, 100, 100)], 100)).toThrow(/cut off/);
    const many = Array.from({ length: 100 }, (_, index) => entry(index * 5000, 4000, 2 ** 20));
    expect(() => checkZip(many, 600_000)).not.toThrow();
    expect(() => checkZip(many, 500_000)).toThrow(/far more than it holds/);
  });

  it('holds a name once', async () => {
    const twice = await zipFiles(['a', 'a'].map((path) => ({ path, bytes: Buffer.from('x') })));
    await expect(unzipFiles(twice)).rejects.toThrow(/same name/);
  });
});
