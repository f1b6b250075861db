import { openBucket } from '#db/blobs/s3-source.ts';
import type { BucketSource } from '#db/blobs/s3-source.ts';
import { checkEndpoint, makeSafeAgents } from './safe-agents.ts';
import type { SafeAgentOptions } from './safe-agents.ts';

/** Where a bucket is; without an endpoint it is one of Amazon's. */
export interface BucketAt {
  bucket: string;
  endpoint: string | null;
  region: string;
}

const endpointOf = ({ endpoint, region }: Pick<BucketAt, 'endpoint' | 'region'>): string =>
  endpoint ?? `https://s3.${region}.amazonaws.com`;

/** @throws AppError BAD_INPUT for an address that may not be reached */
export const checkBucket = (at: Pick<BucketAt, 'endpoint' | 'region'>, net: SafeAgentOptions): void =>
  checkEndpoint(endpointOf(at), net);

/**
 * Opens a bucket that a person named: its endpoint is checked, and every connection to it.
 * @throws AppError BAD_INPUT for an address that may not be reached
 */
export async function openSafeBucket(
  at: BucketAt,
  keys: { accessKeyId: string; secretAccessKey: string } | null,
  net: SafeAgentOptions,
): Promise<BucketSource> {
  checkBucket(at, net);
  const agents = makeSafeAgents(net);
  const bucket = await openBucket(
    {
      ...at,
      accessKeyId: keys?.accessKeyId,
      secretAccessKey: keys?.secretAccessKey,
      endpoint: endpointOf(at),
    },
    agents,
  );
  return {
    ...bucket,
    close: () => {
      bucket.close();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
