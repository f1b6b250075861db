import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { PASSWORD_MAX, PASSWORD_MIN } from '#core/people/people.ts';
import type { Database } from '#db/client.ts';
import { account, rateLimit, session, user, verification } from '#db/schema/index.ts';
import { gatedPasswords } from './password.ts';
import { ensureMember, handOver, OIDC, oidcPlugin, refuseOidc } from './oidc.ts';
import type { OidcSettings } from './oidc.ts';

export interface AuthOptions {
  secret: string;
  baseURL: string;
  /** Origins that the operator named. The one that a request was sent to is trusted beside them. */
  trustedOrigins: readonly string[];
  /** Cookies that browsers send over https only. */
  secure: boolean;
  /** Null where the operator named no identity provider. */
  oidc: OidcSettings | null;
}

/**
 * What of better-auth is open, by method. Everything else that it brings (changing and verifying passwords, names,
 * accounts, sessions) is done by services/people, under rules of our own, or not at all.
 */
const OPEN_PATHS: Readonly<Record<string, readonly string[]>> = {
  GET: ['/get-session', '/error', `/callback/${OIDC}`],
  POST: ['/sign-in/email', '/sign-in/social', '/sign-out', `/callback/${OIDC}`],
};

/** Which path of better-auth an address asks for; null where that is not open. */
export function authPath(method: string | undefined, pathname: string): string | null {
  const path = pathname.replace(/^\/api\/auth/, '');
  return OPEN_PATHS[method ?? '']?.includes(path) ? path : null;
}

/** E-mail and password with database sessions. Sign-up is shut: people enter by invitation (services/people). */
export function createAuth(db: Database['db'], options: AuthOptions) {
  const { oidc } = options;
  return betterAuth({
    appName: 'Pupil',
    secret: options.secret,
    baseURL: options.baseURL,
    basePath: '/api/auth',
    // The listener has asked the one rule of origin and wrote down what it said, whatever the client sent.
    trustedOrigins: (request) => [...options.trustedOrigins, request?.headers.get('x-pupil-origin')],
    database: drizzleAdapter(db, { provider: 'pg', schema: { user, session, account, verification, rateLimit } }),
    // Shut here too, whoever calls it past the listener.
    disabledPaths: ['/change-password', '/verify-password', '/update-user', '/link-social', '/unlink-account'],
    plugins: oidc ? [oidcPlugin(oidc)] : [],
    user: {
      validateUserInfo: async ({ user, source }) => {
        if (!oidc || source.oauth?.providerId !== OIDC) return;
        const error = await refuseOidc(db, oidc, user);
        if (error) return { error };
      },
    },
    account: {
      // The address of an account here was never proven; that of the issuer must be. See handOver.
      accountLinking: { enabled: true, requireLocalEmailVerified: false },
      updateAccountOnSignIn: false,
    },
    databaseHooks: {
      account: {
        create: {
          // We ask the issuer nothing more: what would let us is not kept.
          before: async (row) => ({ data: { ...row, accessToken: null, refreshToken: null, idToken: null } }),
          after: async ({ providerId, userId }) => {
            if (providerId === OIDC) await handOver(db, userId);
          },
        },
      },
      session: {
        create: {
          before: async ({ userId }, context) => {
            if (oidc && context?.params?.id === OIDC) await ensureMember(db, oidc, userId);
          },
        },
      },
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      password: gatedPasswords,
    },
    session: { expiresIn: 60 * 60 * 24 * 30, updateAge: 60 * 60 * 24 },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 300,
      // By address: a whole office may sign in from one in the same minute.
      customRules: { '/sign-in/email': { window: 60, max: 60 }, '/sign-in/social': { window: 60, max: 60 } },
    },
    advanced: {
      useSecureCookies: options.secure,
      cookiePrefix: 'pupil',
      ipAddress: { ipAddressHeaders: ['x-pupil-address'] },
    },
    // A wrong password is the person's business; what breaks is told with its request.
    logger: { level: 'error' },
    telemetry: { enabled: false },
  });
}

export type Auth = ReturnType<typeof createAuth>;
