import { APIError } from 'better-auth/api';
import { hashPassword as hash, verifyPassword as verify } from 'better-auth/crypto';
import { AppError } from '#core/errors.ts';
import { hashGate } from './hash-gate.ts';

/** Every password is hashed behind the one gate. @throws AppError RATE_LIMITED where too many wait */
export const hashPassword = (password: string): Promise<string> => hashGate(() => hash(password));

/** @throws AppError RATE_LIMITED where too many wait */
export const verifyPassword = (check: { hash: string; password: string }): Promise<boolean> =>
  hashGate(() => verify(check));

/** The same for better-auth, which knows errors of its own only. */
export const gatedPasswords = {
  hash: (password: string) => hashPassword(password).catch(translate),
  verify: (check: { hash: string; password: string }) => verifyPassword(check).catch(translate),
};

function translate(error: unknown): never {
  if (error instanceof AppError) throw new APIError('TOO_MANY_REQUESTS', { message: error.message });
  throw error;
}
