import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { limitBytes } from './limit-bytes.ts';
import { openS3Client } from './s3-client.ts';
import type { S3Place } from './s3-client.ts';

export interface BucketObject {
  key: string;
  /** Bytes. */
  size: number;
  /** What tells this content from another under the same key: its entity tag, else when it was written. */
  tag: string;
}

/** Somebody else's bucket, read only. Keys are names there and never paths here. */
export interface BucketSource {
  /** Objects in the order of their keys, where told only those after a key. */
  list(prefix: string, after?: string | null): AsyncIterable<BucketObject>;
  /** @throws AppError TOO_LARGE beyond `maxBytes`, whatever the listing said */
  get(key: string, maxBytes: number): Promise<Buffer>;
  close(): void;
}

/** Bytes of one page of a listing, and of any other answer. */
const LIST_BYTES = 16 * 2 ** 20;
const OBJECT_BYTES = 256 * 2 ** 20;

const isStream = (body: unknown): body is Readable => typeof body === 'object' && body !== null && 'pipe' in body;

const tooMuch = (): AppError => new AppError('TOO_LARGE', say('file.bucketMore'));

/**
 * Opens a bucket with these keys, or without any: never with those of this machine. Connections go through `agents`
 * alone.
 */
export async function openBucket(
  place: S3Place & { bucket: string; endpoint: string },
  agents: { http: HttpAgent; https: HttpsAgent },
): Promise<BucketSource> {
  const anonymous = !place.accessKeyId || !place.secretAccessKey;
  const { client, sdk } = await openS3Client(place, { agents, anonymous });
  const Bucket = place.bucket;
  // The library holds an answer whole before it reads it: a bucket that never stops talking must not fill our memory.
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown };
      const limit = context.commandName === 'ListObjectsV2Command' ? LIST_BYTES : OBJECT_BYTES;
      if (isStream(response.body)) response.body = response.body.pipe(limitBytes(limit, tooMuch));
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'limitAnswer' },
  );
  return {
    async *list(Prefix, after = null) {
      const from = after === null ? {} : { StartAfter: after };
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken, ...from }));
        for (const { Key, Size, ETag, LastModified } of page.Contents ?? [])
          if (Key) yield { key: Key, size: Size ?? 0, tag: ETag ?? LastModified?.toISOString() ?? '' };
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
    },
    async get(Key, maxBytes) {
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
      const chunks: Buffer[] = [];
      let seen = 0;
      for await (const chunk of (Body ?? []) as Readable) {
        seen += (chunk as Buffer).length;
        if (seen > maxBytes) {
          (Body as Readable).destroy();
          throw new AppError('TOO_LARGE', say('refusal.fileTooLarge', { mib: Math.round(maxBytes / 2 ** 20) }));
        }
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks);
    },
    close: () => client.destroy(),
  };
}
