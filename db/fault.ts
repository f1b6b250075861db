import { AppError } from '#core/errors.ts';

/** Postgres' classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_GONE = /^(08...|53[034]00|57P0[1-5])$/;
const NODE_GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const GONE_WORDS =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection|not queryable/;
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** What trouble is: input that no column can hold, or something of the installation that a while or a person mends. */
export type Fault = 'input' | 'database' | 'disk full' | 'disk read-only' | 'storage';

/** Tells trouble around us from a bug by the error and its causes; null for what is neither. */
export function findFault(error: unknown): Fault | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, message, $metadata } = cause as Error & {
      code?: unknown;
      /** On errors of the S3 client; without a status nothing was answered. */
      $metadata?: { httpStatusCode?: number };
    };
    if (typeof code === 'string') {
      if (DISK_FULL.has(code)) return 'disk full';
      if (code === 'EROFS') return 'disk read-only';
      // Class 22: a text with NUL, a number that its column cannot hold, a date that there is not.
      if (/^22...$/.test(code)) return 'input';
      if (DATABASE_GONE.test(code)) return 'database';
    }
    const status = $metadata && ($metadata.httpStatusCode ?? 503);
    if (status !== undefined && (status >= 500 || status === 429)) return 'storage';
    if (GONE_WORDS.test(message)) return 'database';
    if (typeof code === 'string' && NODE_GONE.has(code)) return 'database';
  }
  return null;
}

/** The error that people may see of trouble around us; null for a bug. */
export function explainFault(error: unknown): AppError | null {
  const fault = findFault(error);
  if (fault === null) return null;
  const said = { key: `error.fault.${fault}`, values: {} } as const;
  return new AppError(fault === 'input' ? 'BAD_INPUT' : 'UNAVAILABLE', said, { cause: error });
}
