import { nameBelow } from '#core/source/source.ts';
import type { SourcePlace } from '#core/source/source.ts';
import { troubleOfBucket } from '../../net/bucket-trouble.ts';
import { openSafeBucket } from '../../net/open-safe-bucket.ts';
import type { Keys, OpenPlace, SourceNet } from './place.ts';

type BucketPlace = Extract<SourcePlace, { kind: 'bucket' }>;

/** Objects below a prefix of a bucket. */
export async function openBucketPlace(place: BucketPlace, keys: Keys | null, net: SourceNet): Promise<OpenPlace> {
  const bucket = await openSafeBucket(place, keys, net);
  const nameOf = (key: string): string => nameBelow(place.prefix, key);
  return {
    async *list(after) {
      try {
        for await (const { key, size, tag } of bucket.list(place.prefix, after))
          yield { key, name: nameOf(key), size, mark: `${tag}:${size}`, said: null };
      } catch (error) {
        throw troubleOfBucket(error);
      }
    },
    get: (key, maxBytes) =>
      bucket.get(key, maxBytes).catch((error: unknown) => {
        throw troubleOfBucket(error);
      }),
    nameOf,
    hostOf: () => place.bucket,
    problems: () => ({ some: [], count: 0 }),
    close: () => bucket.close(),
  };
}
