import { TRPCClientError } from '@trpc/client';
import type { ErrorCode } from '#core/errors.ts';

/** What the server adds to a failed call: the AppError code and, for bugs, the id to look up in the log. */
interface ErrorData {
  appCode?: ErrorCode;
  code?: string;
  requestId?: string;
  httpStatus?: number;
}

export interface ErrorWords {
  title: string;
  message: string;
  requestId: string | null;
  /** AppError code, or NETWORK when no answer came. */
  code: ErrorCode | 'NETWORK';
}

const TITLES: Partial<Record<ErrorWords['code'], string>> = {
  NOT_FOUND: 'Not found',
  FORBIDDEN: 'You may not do this',
  UNAUTHORIZED: 'Please sign in',
  RATE_LIMITED: 'Too fast',
  NETWORK: 'No connection',
  INTERNAL: 'Something broke on our side',
};

/** Turns whatever was thrown into words for a person. */
export const readError = (error: unknown): ErrorWords => {
  if (error instanceof TRPCClientError) {
    const data = error.data as ErrorData | null | undefined;
    if (data === null || data === undefined) {
      // Refused before any procedure ran, such as a request from another site: plain HTTP words.
      const plain = error.meta?.['responseJSON'] as { code?: ErrorCode; message?: string } | undefined;
      if (plain?.code !== undefined && plain.message !== undefined) return words(plain.code, plain.message, null);
      return words('NETWORK', 'The server did not answer. Check the connection; we keep trying.', null);
    }
    return words(
      data.appCode ?? (data.code as ErrorCode | undefined) ?? 'INTERNAL',
      error.message,
      data.requestId ?? null,
    );
  }
  if (error instanceof Error) return words('INTERNAL', error.message, null);
  return words('INTERNAL', 'Try again. If it happens again, tell the person who runs this server.', null);
};

const words = (code: ErrorWords['code'], message: string, requestId: string | null): ErrorWords => ({
  title: TITLES[code] ?? 'That did not work',
  message,
  requestId,
  code,
});
