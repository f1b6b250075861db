import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';

export interface S3Place {
  endpoint: string | undefined;
  region: string | undefined;
  accessKeyId: string | undefined;
  secretAccessKey: string | undefined;
}

/** A client of the AWS SDK. The SDK is loaded here only, so that installations on disk never pay for it. */
export async function openS3Client(
  place: S3Place,
  more: { agents?: { http: HttpAgent; https: HttpsAgent }; anonymous?: boolean; timeoutMs?: number } = {},
) {
  const { timeoutMs = 60_000 } = more;
  const sdk = await import('@aws-sdk/client-s3');
  const { accessKeyId, secretAccessKey } = place;
  const client = new sdk.S3Client({
    region: place.region ?? 'us-east-1',
    ...(place.endpoint ? { endpoint: place.endpoint, forcePathStyle: true } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    // Without this the SDK would sign with whatever keys the machine itself has.
    ...(more.anonymous
      ? { credentials: { accessKeyId: '', secretAccessKey: '' }, signer: { sign: async (request) => request } }
      : {}),
    // A bucket that accepts and never answers must not hold whoever waits for it for ever.
    requestHandler: {
      ...(more.agents ? { httpAgent: more.agents.http, httpsAgent: more.agents.https } : {}),
      connectionTimeout: 10_000,
      requestTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  return { client, sdk };
}
