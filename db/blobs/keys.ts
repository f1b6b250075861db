import { AppError } from '#core/errors.ts';

const KEY = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i;

/** Refuses a key that could leave the store: absolute, "..", hidden, empty or over-long. */
export function checkKey(key: string): void {
  if (key.length > 512 || !KEY.test(key))
    throw new AppError('BAD_INPUT', { plain: 'This is not a valid storage key.' });
}
