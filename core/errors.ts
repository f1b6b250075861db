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

/** An expected failure. The message tells a person what happened and what to do next. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** The one sentence for a thing that is absent or not yours: both look the same to a stranger. */
export const notFound = (noun: string): AppError =>
  new AppError('NOT_FOUND', `This ${noun} does not exist, or you do not have access to it.`);
