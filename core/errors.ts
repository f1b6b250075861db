import { inEnglish } from './text/in-english.ts';
import type { ErrorKey, Said } from './text/said.ts';
import { toStored } from './text/stored.ts';
import type { Stored } from './text/stored.ts';

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

/** A sentence without a key, of mistakes in calling our own code: no page shows it. `check-text.mjs` has the list. */
export interface Plain {
  readonly plain: string;
}

/**
 * An expected failure. The message tells a person what happened and what to do next: it is told in their language where
 * they read it, and in English to programs and logs.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** The message as it can be sent on: to a parent process, from a thread. */
  readonly why: Said | Plain;

  constructor(code: ErrorCode, why: Said | Plain, options?: ErrorOptions) {
    super('plain' in why ? why.plain : inEnglish(why), options);
    this.name = 'AppError';
    this.code = code;
    this.why = why;
  }

  /** The message as a key with values; null where it has none. */
  get said(): Said | null {
    return 'plain' in this.why ? null : this.why;
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

/** What an error tells, as it is kept. */
export const storedError = (error: Error): Stored =>
  error instanceof AppError && error.said ? toStored(error.said) : { message: error.message, said: null };
