import { AppError } from '#core/errors.ts';
import type { Db } from '#db/client.ts';
import { addMiss, countMisses } from '#db/queries/people/rate-limit.ts';

const WINDOW_MS = 60_000;
/**
 * Wrong set-up and invite links that one address may try in a minute. Right ones are not counted: a whole class may
 * join at once.
 */
export const MISSES_A_MINUTE = 20;

/** Runs `work`, which looks up a secret link, unless this address has tried too many wrong ones. */
export const limitMisses = <T>({ db }: { db: Db }, address: string, work: () => Promise<T>): Promise<T> =>
  limitTries(
    db,
    {
      key: `link|${address}`,
      most: MISSES_A_MINUTE,
      refusal: 'Too many wrong links from your address. Wait a minute, then try again.',
    },
    work,
  );

/**
 * Runs `work`, which checks a secret, unless it has missed `most` times under this key within a minute. A miss is null,
 * false, or a refusal.
 */
export async function limitTries<T>(
  db: Db,
  limit: { key: string; most: number; refusal: string },
  work: () => Promise<T>,
): Promise<T> {
  const window = { key: limit.key, windowMs: WINDOW_MS };
  if ((await countMisses(db, window)) >= limit.most) throw new AppError('RATE_LIMITED', limit.refusal);
  try {
    const found = await work();
    if (!found) await addMiss(db, window);
    return found;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN'))
      await addMiss(db, window);
    throw error;
  }
}
