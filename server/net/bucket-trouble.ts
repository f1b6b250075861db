import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { REFUSED, UNREACHED } from './safe-fetch.ts';

export const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/**
 * What a person can mend about a bucket, in words, and UNAVAILABLE where trying later may help; everything about the
 * way there in one sentence, which does not tell what stands in the inner network. Of the library's errors the message
 * may hold what was sent: it goes no further.
 */
export function troubleOfBucket(error: unknown): AppError {
  if (error instanceof AppError) return error;
  switch (errorName(error)) {
    case 'NoSuchBucket':
      return new AppError('NOT_FOUND', say('refusal.noBucket'));
    case 'NoSuchKey':
      return new AppError('NOT_FOUND', say('refusal.notInBucket'));
    case 'AccessDenied':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return new AppError('FORBIDDEN', say('refusal.bucketKeys'));
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return new AppError('BAD_INPUT', say('refusal.bucketRegion'));
    default:
      return isAnswer(error) ? new AppError('BAD_INPUT', REFUSED) : new AppError('UNAVAILABLE', UNREACHED);
  }
}

/** Did the bucket answer, and will it say the same tomorrow? */
function isAnswer(error: unknown): boolean {
  const { httpStatusCode = 0 } = (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata ?? {};
  return httpStatusCode >= 300 && httpStatusCode < 500 && ![408, 429].includes(httpStatusCode);
}
