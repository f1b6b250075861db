import { getOAuthState } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins';
import type { Role } from '#core/people/access.ts';
import type { Database } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { revokeApiTokens } from '#db/queries/people/api-token.ts';
import { listEveryMembership, listMemberships, upsertMember } from '#db/queries/people/member.ts';
import { findHomeOrganization } from '#db/queries/people/organization.ts';
import { deleteCredential, deleteSessions, findPasswordHash } from '#db/queries/people/user.ts';

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Domains whose addresses may sign in; none: every one that the issuer signs in. */
  domains: readonly string[];
  /** What somebody is who signs in for the first time. */
  role: Role;
}

export const OIDC = 'oidc';

/** better-auth's own plugin, for one issuer that the operator named; it may stand in their inner network. */
export const oidcPlugin = (settings: OidcSettings) =>
  genericOAuth({
    config: [
      {
        providerId: OIDC,
        discoveryUrl: `${settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        clientId: settings.clientId,
        clientSecret: settings.clientSecret,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        requireIdTokenVerification: true,
        mapProfileToUser: (profile) => ({ name: String(profile.name ?? profile.email ?? '').slice(0, 80) }),
      },
    ],
  });

/** Whoever comes to an invitation gets what it says, not the default. */
const comesToInvitation = async (): Promise<boolean> =>
  (await getOAuthState())?.callbackURL?.startsWith('/invite/') ?? false;

/** Why the issuer's word does not let somebody in; null where it does. Asked at every sign-in. */
export async function refuseOidc(
  db: Database['db'],
  settings: OidcSettings,
  who: { id?: string | undefined; email?: string | undefined; emailVerified?: boolean | undefined },
): Promise<string | null> {
  if (settings.domains.length > 0) {
    const domain = who.email?.toLowerCase().split('@').pop() ?? '';
    if (!settings.domains.includes(domain)) return 'wrong_domain';
    // Anybody may write any address into a profile.
    if (who.emailVerified !== true) return 'email_not_verified';
  }
  if (!(await findHomeOrganization(db))) return 'not_set_up';
  if (who.id === undefined || (await comesToInvitation())) return null;
  const every = await listEveryMembership(db, who.id);
  return every.length > 0 && every.every(({ removedAt }) => removedAt !== null) ? 'removed' : null;
}

/** Makes who signs in for the first time a member, with the default role. */
export async function ensureMember(db: Database['db'], settings: OidcSettings, userId: string): Promise<void> {
  if ((await comesToInvitation()) || (await listEveryMembership(db, userId)).length > 0) return;
  await db.transaction(async (tx) => {
    const organizationId = await findHomeOrganization(tx);
    if (!organizationId) return;
    const memberId = await upsertMember(tx, { organizationId, userId, role: settings.role });
    await recordActivity(tx, { organizationId, memberId, action: 'member:joined', subject: settings.role });
    await notify(tx, { name: 'member:changed', organizationId, userId, memberId, removed: false });
  });
}

/**
 * An account with a password was made by whoever held an invite link, and nobody asked whose address that was. Now the
 * issuer says so: what the maker of the account had of it ends, password, sessions and API tokens.
 */
export async function handOver(db: Database['db'], userId: string): Promise<void> {
  if ((await findPasswordHash(db, userId)) === null) return;
  await db.transaction(async (tx) => {
    await deleteCredential(tx, userId);
    await deleteSessions(tx, { userId });
    for (const { organizationId, memberId } of await listMemberships(tx, userId)) {
      await revokeApiTokens(tx, { memberId });
      await recordActivity(tx, { organizationId, memberId, action: 'account:linked' });
    }
  });
}
