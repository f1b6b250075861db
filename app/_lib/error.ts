'use client';
import { TRPCClientError } from '@trpc/client';
import type { ErrorCode } from '#core/errors.ts';
import { ROLES } from '#core/people/access.ts';
import type { Value } from '#core/text/message.ts';
import { spell } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { spokenText } from '../_text/text.tsx';

/** What the server adds to a failed call: the AppError code and, for bugs, the id to look up in the log. */
interface ErrorData {
  appCode?: ErrorCode;
  code?: string;
  said?: Said | null;
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

const TITLED = ['NOT_FOUND', 'FORBIDDEN', 'UNAUTHORIZED', 'RATE_LIMITED', 'NETWORK', 'INTERNAL'] as const;

/** A sentence of the server in the language of this page; one that it does not know, or without a key, as it came. */
export const readSaid = (said: Said | null | undefined, message: string): string =>
  (said ? spell(said, spokenText().told, wordOf) : null) ?? message;

/** Sentences of a row: by their keys where it has them and this page knows them all, else as they are kept. */
export function readStored(said: readonly Said[] | null | undefined, message: string): string {
  const words = said?.map((one) => spell(one, spokenText().told, wordOf)) ?? [null];
  return words.includes(null) ? message : words.join(' ');
}

/** Texts of how a run or round stands, which pages of runs have. */
const STANDS: Readonly<Record<string, string>> = { status: 'run.status.', stage: 'run.stage.' };

/** What travels by its code is called by its word here: roles, how a run or round stands, a reason by its own key. */
function wordOf(name: string, value: Value): Value {
  const { t, told } = spokenText();
  if (typeof value !== 'string') return value;
  const role = ROLES.find((one) => one === value);
  if (name === 'role' && role) return t(`people.roleIn.${role}`);
  if (name === 'why') return told(value, {}) ?? value;
  const stands = STANDS[name];
  return stands === undefined ? value : (told(stands + value, {}) ?? value);
}

/** Turns whatever was thrown into words for a person, in the language of this page. */
export const readError = (error: unknown): ErrorWords => {
  const { t } = spokenText();
  if (error instanceof TRPCClientError) {
    const data = error.data as ErrorData | null | undefined;
    if (data === null || data === undefined) {
      // Refused before any procedure ran, such as a request from another site: plain HTTP words.
      const plain = error.meta?.['responseJSON'] as
        | { code?: ErrorCode; message?: string; said?: Said | null }
        | undefined;
      if (plain?.code !== undefined && plain.message !== undefined)
        return words(plain.code, readSaid(plain.said, plain.message), null);
      return words('NETWORK', t('error.network'), null);
    }
    const code = data.appCode ?? (data.code as ErrorCode | undefined) ?? 'INTERNAL';
    const requestId = data.requestId ?? null;
    const isBug = code === ('INTERNAL_SERVER_ERROR' as string) && requestId !== null;
    return words(code, isBug ? t('error.bug', { requestId }) : readSaid(data.said, error.message), requestId);
  }
  if (error instanceof Error) return words('INTERNAL', error.message, null);
  return words('INTERNAL', t('error.unknown'), null);
};

const words = (code: ErrorWords['code'], message: string, requestId: string | null): ErrorWords => ({
  title: spokenText().t(`error.title.${TITLED.find((one) => one === code) ?? 'other'}`),
  message,
  requestId,
  code,
});
