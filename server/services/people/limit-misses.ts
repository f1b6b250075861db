import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { ErrorCode } from '#core/errors.ts';
import type { Db } from '#db/client.ts';
import { addMiss, countMisses, takeBackMiss } from '#db/queries/people/rate-limit.ts';

const WINDOW_MS = 60_000;
/**
 * Wrong set-up and invite links that one address may try in a minute. Right ones are not counted: a whole class may
 * join at once.
 */
export const MISSES_A_MINUTE = 20;
/** Wrong passwords for one account in a minute, from wherever: each address has a limit of its own beside it. */
export const ACCOUNT_TRIES_A_MINUTE = 20;
/** New accounts that one address may ask for in a minute, whatever comes of it: each costs a hash. */
export const JOINS_A_MINUTE = 120;

/** What counts as a miss: the secret was not right, or it was told that something is taken. */
const MISSES: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'FORBIDDEN', 'CONFLICT']);
const isMiss = (error: unknown): boolean => error instanceof AppError && MISSES.has(error.code);

/** Runs `work`, which looks up a secret link, unless this address has tried too many wrong ones. */
export async function limitMisses<T>({ db }: { db: Db }, address: string, work: () => Promise<T>): Promise<T> {
  const window = { key: `link|${address}`, windowMs: WINDOW_MS };
  if ((await countMisses(db, window)) >= MISSES_A_MINUTE) throw new AppError('RATE_LIMITED', say('error.wrongLinks'));
  try {
    const found = await work();
    if (!found) await addMiss(db, window);
    return found;
  } catch (error) {
    if (isMiss(error)) await addMiss(db, window);
    throw error;
  }
}

/**
 * Runs `work`, which checks a password, unless it has missed `most` times under this key within a minute. Each try is
 * counted before the check, so that many at once are no more than many one after another; what was no miss is taken
 * back.
 */
export async function limitTries<T>(
  db: Db,
  limit: { key: string; most: number; refusal: Said },
  work: () => Promise<T>,
): Promise<T> {
  if ((await addMiss(db, { key: limit.key, windowMs: WINDOW_MS })) > limit.most)
    throw new AppError('RATE_LIMITED', limit.refusal);
  try {
    const found = await work();
    if (found) await takeBackMiss(db, limit.key);
    return found;
  } catch (error) {
    if (!isMiss(error)) await takeBackMiss(db, limit.key);
    throw error;
  }
}

/** The limit of one account, whichever way its password is tried. */
export const accountLimit = (email: string) => ({
  key: `account|${email.toLowerCase()}`,
  most: ACCOUNT_TRIES_A_MINUTE,
  refusal: say('error.accountTries'),
});

/** Refuses an address that asks for very many new accounts. */
export async function limitJoins(db: Db, address: string): Promise<void> {
  if ((await addMiss(db, { key: `join|${address}`, windowMs: WINDOW_MS })) > JOINS_A_MINUTE)
    throw new AppError('RATE_LIMITED', say('error.manyJoin'));
}
