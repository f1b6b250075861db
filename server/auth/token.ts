import { createHash, randomBytes } from 'node:crypto';

/** A secret for a link or an API client: 192 random bits; only its hash is stored. */
export const makeToken = (prefix = ''): string => `${prefix}${randomBytes(24).toString('base64url')}`;
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
