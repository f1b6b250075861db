import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { PASSWORD_MAX, PASSWORD_MIN } from '#core/people/people.ts';
import type { Database } from '#db/client.ts';
import { account, rateLimit, session, user, verification } from '#db/schema/index.ts';
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
    // Passwords and names are changed by services/people, under rules of our own.
    disabledPaths: ['/change-password', '/update-user', '/link-social', '/unlink-account', '/get-access-token'],
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
    telemetry: { enabled: false },
  });
}

export type Auth = ReturnType<typeof createAuth>;
