import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBucketServer } from '#server/testing/bucket-server.ts';
import { openBlobStore } from './index.ts';
import { openS3Client } from './s3-client.ts';
import type { BlobStore } from './types.ts';

let bucket: Awaited<ReturnType<typeof startBucketServer>>;
let store: BlobStore;
const objects = new Map<string, Buffer>();
beforeAll(async () => {
  bucket = await startBucketServer({ bucket: 'blobs', accessKeyId: 'AKIABLOBS', objects });
  store = await openBlobStore({
    folder: '/nowhere',
    s3: {
      bucket: 'blobs',
      endpoint: `http://127.0.0.1:${bucket.port}`,
      region: 'us-east-1',
      accessKeyId: 'AKIABLOBS',
      secretAccessKey: 'secret',
    },
  });
});
afterAll(() => bucket.close());

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const result: string[] = [];
  for await (const key of keys) result.push(key);
  return result;
}

describe('blobs in a bucket', () => {
  it('come back as they went, whole and streamed, and are listed below their prefix over many pages', async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `projects/a/${index}.webp`);
    for (const key of keys) await store.put(key, Buffer.from(`bytes of ${key}`));
    await store.put('projects/b/0.webp', Readable.from([Buffer.from('one '), Buffer.from('two')]));
    expect((await store.get('projects/a/3.webp')).toString()).toBe('bytes of projects/a/3.webp');
    expect((await buffer(await store.stream('projects/b/0.webp'))).toString()).toBe('one two');
    expect(await store.size('projects/b/0.webp')).toBe(7);
    expect(await collect(store.list('projects/a'))).toEqual(keys);
    await store.delete('projects/a/3.webp');
    expect(await collect(store.list('projects/a'))).toEqual(keys.filter((key) => !key.includes('3')));
  });

  it('are absent as NOT_FOUND, and signed with the keys that were given', async () => {
    await expect(store.get('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.stream('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await store.size('nothing')).toBeNull();
    expect(bucket.requests.every(({ authorization }) => authorization?.includes('Credential=AKIABLOBS/'))).toBe(true);
  });

  it.each(['../up', 'a/../../b', '/etc/passwd', ''])('IMAGE-5 refuse the key %j', async (key) => {
    await expect(store.put(key, Buffer.from(''))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(store.get(key)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

it('OPS-43 a bucket that accepts and never answers is given up on', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const place = { region: 'us-east-1', accessKeyId: 'AKIABLOBS', secretAccessKey: 'secret' };
  const { client, sdk } = await openS3Client({ ...place, endpoint: `http://127.0.0.1:${port}` }, { timeoutMs: 100 });
  const asked = client.send(new sdk.GetObjectCommand({ Bucket: 'blobs', Key: 'a' }));
  await expect(asked).rejects.toThrow(/timeout|exceeded/i);
  silent.closeAllConnections();
  silent.close();
});
