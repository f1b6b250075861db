import { AppError } from '#core/errors.ts';
import { REFUSED } from './safe-fetch.ts';

export const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/**
 * What a person can mend about a bucket, in words; everything about the way there in one sentence, which does not tell
 * what stands in the inner network.
 */
export function describeBucket(error: unknown): string {
  if (error instanceof AppError) return error.message;
  switch (errorName(error)) {
    case 'NoSuchBucket':
      return 'There is no bucket of this name.';
    case 'AccessDenied':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return 'The bucket refused these keys. They need leave to list the bucket and to read its files.';
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return 'The bucket is in another region. Name its region.';
    default:
      return REFUSED;
  }
}
