import { AppError } from '#core/errors.ts';
import { nameBelow } from '#core/source/source.ts';
import type { SourcePlace } from '#core/source/source.ts';
import { openBucket } from '#db/blobs/s3-source.ts';
import { checkEndpoint, makeSafeAgents } from '../../net/safe-agents.ts';
import { describeBucket, errorName } from '../../net/bucket-trouble.ts';
import type { Keys, OpenPlace, SourceNet } from './place.ts';

type BucketPlace = Extract<SourcePlace, { kind: 'bucket' }>;

const endpointOf = ({ endpoint, region }: Pick<BucketPlace, 'endpoint' | 'region'>): string =>
  endpoint ?? `https://s3.${region}.amazonaws.com`;

/** @throws AppError BAD_INPUT for an address that may not be reached */
export const checkBucketPlace = (place: Pick<BucketPlace, 'endpoint' | 'region'>, net: SourceNet): void =>
  checkEndpoint(endpointOf(place), net);

/** Objects below a prefix of a bucket. */
export async function openBucketPlace(place: BucketPlace, keys: Keys | null, net: SourceNet): Promise<OpenPlace> {
  checkBucketPlace(place, net);
  const agents = makeSafeAgents(net);
  const bucket = await openBucket({ ...place, ...keyFields(keys), endpoint: endpointOf(place) }, agents);
  const nameOf = (key: string): string => nameBelow(place.prefix, key);
  return {
    async *list(after) {
      try {
        for await (const { key, size, tag } of bucket.list(place.prefix, after))
          yield { key, name: nameOf(key), size, mark: `${tag}:${size}`, said: null };
      } catch (error) {
        throw inWords(error);
      }
    },
    async get(key, maxBytes) {
      try {
        return await bucket.get(key, maxBytes);
      } catch (error) {
        if (errorName(error) === 'NoSuchKey') throw new AppError('NOT_FOUND', 'It is no longer in the bucket.');
        throw inWords(error);
      }
    },
    nameOf,
    problems: () => ({ some: [], count: 0 }),
    close: () => {
      bucket.close();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

const keyFields = (keys: Keys | null) => ({
  accessKeyId: keys?.accessKeyId,
  secretAccessKey: keys?.secretAccessKey,
});

/** Of the library's errors the message may hold what was sent: it goes no further. */
const inWords = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('UNAVAILABLE', describeBucket(error));
