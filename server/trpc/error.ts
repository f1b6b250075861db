import { TRPCError } from '@trpc/server';
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { AppError } from '#core/errors.ts';
import { saidOfInput } from '#core/schemas/said-of-input.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { explainFault } from '#db/fault.ts';
import type { ErrorCode } from '#core/errors.ts';

const TRPC_CODES = {
  BAD_INPUT: 'BAD_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  TOO_SLOW: 'TIMEOUT',
  CONFLICT: 'CONFLICT',
  LEASE_LOST: 'CONFLICT',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNREADABLE_IMAGE: 'UNPROCESSABLE_CONTENT',
  NOT_READY: 'PRECONDITION_FAILED',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<ErrorCode, TRPCError['code']>;

/** Gives an error the face that a person may see. */
export function toTRPCError(error: TRPCError, where: { log: Logger; path: string; requestId: string }): TRPCError {
  if (error.cause instanceof AppError) {
    return new TRPCError({ code: TRPC_CODES[error.cause.code], message: error.cause.message, cause: error.cause });
  }
  if (error.code === 'BAD_REQUEST' && error.cause && 'issues' in error.cause) {
    return new TRPCError({ code: 'BAD_REQUEST', message: firstIssue(error.cause), cause: error.cause });
  }
  if (error.code !== 'INTERNAL_SERVER_ERROR') return error;
  const fault = explainFault(error.cause);
  if (fault) {
    if (fault.code === 'UNAVAILABLE') where.log.warn({ err: error.cause, path: where.path }, fault.message);
    return new TRPCError({ code: TRPC_CODES[fault.code], message: fault.message, cause: fault });
  }
  where.log.error({ err: error.cause ?? error, path: where.path, requestId: where.requestId }, 'a procedure failed');
  const message = inEnglish(say('error.bug', { requestId: where.requestId }));
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}

/** Why a call was refused, by its key. */
export function saidOf(cause: unknown): Said | null {
  if (cause instanceof AppError) return cause.said;
  return cause instanceof ZodError ? saidOfInput(cause) : null;
}

function firstIssue(cause: Error): string {
  const issue = cause instanceof ZodError ? cause.issues[0] : undefined;
  if (!issue) return 'The input is not valid.';
  return issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ${issue.message}` : issue.message;
}
