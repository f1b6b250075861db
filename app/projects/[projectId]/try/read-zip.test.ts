import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { readZip } from './read-zip.ts';

const pack = async (entries: [string, Buffer, boolean][]): Promise<ArrayBuffer> => {
  const zip = new ZipFile();
  for (const [name, bytes, compress] of entries) zip.addBuffer(bytes, name, { compress });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Uint8Array.from(Buffer.concat(chunks)).buffer;
};

describe('reading our own zips in the browser', () => {
  it('gives stored and deflated files back, byte by byte', async () => {
    const large = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 251));
    const files = await readZip(
      await pack([
        ['model.json', Buffer.from('{"a":1}'), true],
        ['weights.bin', large, false],
        ['deep/ö.txt', large, true],
      ]),
    );
    expect([...files.keys()]).toEqual(['model.json', 'weights.bin', 'deep/ö.txt']);
    expect(new TextDecoder().decode(files.get('model.json'))).toBe('{"a":1}');
    expect(Buffer.from(files.get('weights.bin') ?? []).equals(large)).toBe(true);
    expect(Buffer.from(files.get('deep/ö.txt') ?? []).equals(large)).toBe(true);
  });

  it('says what is wrong with anything else', async () => {
    await expect(readZip(new ArrayBuffer(5))).rejects.toThrow('not a zip');
    await expect(readZip(new TextEncoder().encode('x'.repeat(200)).buffer)).rejects.toThrow('not a zip');
  });
});
