import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { OidcSettings } from './auth/oidc.ts';
import { parseEnv, sharedEnv } from '#core/schemas/env.ts';

const splitList = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

const schema = sharedEnv.extend({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  /** Signs sessions. Short or guessable secrets are refused. */
  PUPIL_SECRET: z.string().min(32, 'PUPIL_SECRET needs at least 32 characters; leave it unset to have one made.'),
  /** Addresses people use beside the one we listen on, as origins with commas between; the first is the main one. */
  PUPIL_URL: z
    .string()
    .default('')
    .transform(splitList)
    .pipe(
      z.array(
        z
          .url({ protocol: /^https?$/, error: 'Give addresses with http:// or https://, with commas between.' })
          .transform((url) => new URL(url).origin),
      ),
    ),
  /** Speak https: with a certificate of our own making, or with that of PUPIL_CERT and PUPIL_KEY. */
  PUPIL_HTTPS: z.enum(['0', '1']).default('0'),
  PUPIL_CERT: z.string().optional(),
  PUPIL_KEY: z.string().optional(),
  /** Proxies in front, as addresses or ranges with commas between: whom they name in X-Forwarded-For is believed. */
  PUPIL_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(splitList)
    .pipe(
      z.array(
        z.union(
          [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
          'Name addresses or ranges with commas between, such as 127.0.0.1, 10.0.0.0/24.',
        ),
      ),
    ),
  /** Sends links to a new password, such as smtps://user:password@mail.example.org; unset: nothing is sent. */
  PUPIL_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'PUPIL_SMTP_URL begins with smtp:// or smtps://.' }).optional(),
  /** Sign-in by an identity provider that speaks OpenID Connect; its redirect address is URL/api/auth/callback/oidc. */
  PUPIL_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  PUPIL_OIDC_CLIENT_ID: z.string().optional(),
  PUPIL_OIDC_CLIENT_SECRET: z.string().optional(),
  /** Domains whose addresses may sign in, with commas between; empty: whomever the issuer signs in. */
  PUPIL_OIDC_DOMAINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((item) => item.trim().toLowerCase())
        .filter(Boolean),
    ),
  /** What somebody is who signs in for the first time. */
  PUPIL_OIDC_ROLE: z.enum(['lead', 'annotator', 'viewer']).default('annotator'),
  /** What the button says after "Sign in with". */
  PUPIL_OIDC_LABEL: z.string().max(40).default('single sign-on'),
  /** Whom letters come from. */
  PUPIL_MAIL_FROM: z.string().default('Pupil <pupil@localhost>'),
  /** Let imports from a bucket reach services in the operator's own network, such as a MinIO beside the server. */
  PUPIL_PRIVATE_S3: z.enum(['0', '1']).default('0'),
  /** Folders of this machine whose images leads may bring in as sources, with commas between; none unless told. */
  PUPIL_SOURCE_ROOTS: z
    .string()
    .default('')
    .transform(splitList)
    .pipe(z.array(z.string().refine(isAbsolute, 'Give whole paths with commas between, such as /srv/pictures.'))),
  /** Show an empty installation instead of the demo project. */
  PUPIL_EMPTY: z.enum(['0', '1']).default('0'),
});

export type Env = z.infer<typeof schema>;

/** The identity provider that the operator named; null where none. @throws Error where something of it is missing */
export function oidcSettings(env: Env): OidcSettings | null {
  if (!env.PUPIL_OIDC_ISSUER) return null;
  if (!env.PUPIL_OIDC_CLIENT_ID || !env.PUPIL_OIDC_CLIENT_SECRET)
    throw new Error('PUPIL_OIDC_ISSUER needs PUPIL_OIDC_CLIENT_ID and PUPIL_OIDC_CLIENT_SECRET beside it.');
  return {
    issuer: env.PUPIL_OIDC_ISSUER,
    clientId: env.PUPIL_OIDC_CLIENT_ID,
    clientSecret: env.PUPIL_OIDC_CLIENT_SECRET,
    domains: env.PUPIL_OIDC_DOMAINS,
    role: env.PUPIL_OIDC_ROLE,
  };
}

/** The only place where this process reads its environment. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): Env => parseEnv('server', schema, source);
