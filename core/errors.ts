import { inEnglish } from './text/in-english.ts';
import type { ErrorKey, Said } from './text/said.ts';

/** Every error a person may meet: its code decides the HTTP status and whether trying again can help. */
export const ERROR_CODES = {
  BAD_INPUT: { status: 400, retryable: false },
  UNAUTHORIZED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  /** What was sent did not arrive whole in time: the line's fault, not its content's. */
  TOO_SLOW: { status: 408, retryable: true },
  CONFLICT: { status: 409, retryable: false },
  LEASE_LOST: { status: 409, retryable: false },
  TOO_LARGE: { status: 413, retryable: false },
  UNREADABLE_IMAGE: { status: 422, retryable: false },
  NOT_READY: { status: 409, retryable: false },
  RATE_LIMITED: { status: 429, retryable: true },
  UNAVAILABLE: { status: 503, retryable: true },
  INTERNAL: { status: 500, retryable: true },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * An expected failure. The message tells a person what happened and what to do next: said by its key it is told in
 * their language where they read it, and in English to programs and logs; a plain text stays what it is.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** The message as a key with values; null where it has none yet. */
  readonly said: Said | null;

  constructor(code: ErrorCode, message: Said | string, options?: ErrorOptions) {
    super(typeof message === 'string' ? message : inEnglish(message), options);
    this.name = 'AppError';
    this.code = code;
    this.said = typeof message === 'string' ? null : message;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** The one sentence for a thing that is absent or not yours: both look the same to a stranger. */
export const notFound = (noun: Noun): AppError =>
  new AppError('NOT_FOUND', { key: `error.notFound.${noun}`, values: {} });

type Noun = ErrorKey extends infer Key ? (Key extends `error.notFound.${infer One}` ? One : never) : never;
