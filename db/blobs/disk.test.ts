import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskStore } from './disk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pupil-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('blobs on disk', () => {
  it('come back as they went in, whole or as a stream', async () => {
    const store = openDiskStore(folder);
    await store.put('projects/a/one.webp', Buffer.from('one'));
    await store.put('projects/a/two.webp', Readable.from([Buffer.from('t'), Buffer.from('wo')]));
    expect((await store.get('projects/a/one.webp')).toString()).toBe('one');
    const chunks = await (await store.stream('projects/a/two.webp')).toArray();
    expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('two');
    expect(await store.size('projects/a/two.webp')).toBe(3);
    expect((await collect(store.list('projects/a'))).sort()).toEqual(['projects/a/one.webp', 'projects/a/two.webp']);
  });

  it('are absent as NOT_FOUND', async () => {
    const store = openDiskStore(folder);
    await expect(store.get('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.stream('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await store.size('nothing')).toBeNull();
  });

  it('leave nothing behind when writing fails half way', async () => {
    const store = openDiskStore(folder);
    const failing = new Readable({
      read() {
        this.push('half');
        this.destroy(new Error('the disk is full'));
      },
    });
    await expect(store.put('a/b', failing)).rejects.toThrow('the disk is full');
    expect(await readdir(join(folder, 'a'))).toEqual([]);
  });

  it.each([
    '../up',
    'a/../../b',
    '/etc/passwd',
    'a//b',
    '.hidden',
    'a/.b',
    '',
    'a\\..\\b',
    'a\0b',
    'C:/x',
    'x'.repeat(600),
  ])('IMAGE-5 refuse the key %j', async (key) => {
    const store = openDiskStore(folder);
    await expect(store.put(key, Buffer.from(''))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(store.get(key)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const result: string[] = [];
  for await (const key of keys) result.push(key);
  return result;
}
