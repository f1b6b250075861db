import type { Readable } from 'node:stream';
import { notFound } from '#core/errors.ts';
import { checkKey } from './keys.ts';
import { openS3Client } from './s3-client.ts';
import type { S3Place } from './s3-client.ts';
import type { BlobStore } from './types.ts';

export interface S3Options extends S3Place {
  bucket: string;
}

const isAbsent = (error: unknown): boolean => ['NoSuchKey', 'NotFound'].includes((error as Error).name);

/** Blobs as objects of a bucket. */
export async function openS3Store(options: S3Options): Promise<BlobStore> {
  const {
    client,
    sdk: { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command },
  } = await openS3Client(options);
  const { Upload } = await import('@aws-sdk/lib-storage');
  const { bucket: Bucket } = options;
  const read = async (Key: string) => {
    checkKey(Key);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key })).catch((error: unknown) => {
      throw isAbsent(error) ? notFound('file') : error;
    });
    if (!Body) throw notFound('file');
    return Body;
  };
  return {
    async put(Key, Body) {
      checkKey(Key);
      await new Upload({ client, params: { Bucket, Key, Body } }).done();
    },
    get: async (key) => Buffer.from(await (await read(key)).transformToByteArray()),
    stream: async (key) => (await read(key)) as Readable,
    async size(Key) {
      checkKey(Key);
      const head = await client.send(new HeadObjectCommand({ Bucket, Key })).catch((error: unknown) => {
        if (isAbsent(error)) return null;
        throw error;
      });
      return head?.ContentLength ?? null;
    },
    async delete(Key) {
      checkKey(Key);
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    async *list(prefix) {
      checkKey(prefix);
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${prefix}/`, ContinuationToken }));
        for (const item of page.Contents ?? []) if (item.Key) yield item.Key;
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
    },
  };
}
