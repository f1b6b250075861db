import { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import {
  acceptInvitation as acceptInput,
  changeName as nameInput,
  changePassword as passwordInput,
  createInvitation,
  createOwner as createOwnerInput,
  role,
  token,
} from '#core/schemas/people.ts';
import { plainText } from '#core/schemas/project.ts';
import { listActivity } from '#db/queries/people/activity.ts';
import { insertApiToken, listApiTokens, revokeApiToken } from '#db/queries/people/api-token.ts';
import {
  findInvitation,
  findSetupLink,
  listInvitations,
  listMembers,
  listMemberships,
  revokeInvitation,
} from '#db/queries/people/member.ts';
import { renameOrganization } from '#db/queries/people/organization.ts';
import type { SignedIn } from '../../auth/session-cache.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import { acceptInvitation } from '../../services/people/accept-invitation.ts';
import { changeName } from '../../services/people/change-name.ts';
import { changePassword } from '../../services/people/change-password.ts';
import { changeRole } from '../../services/people/change-role.ts';
import { createOwner } from '../../services/people/create-owner.ts';
import { invite } from '../../services/people/invite.ts';
import { limitMisses } from '../../services/people/limit-misses.ts';
import type { Context } from '../trpc.ts';
import { authedProcedure, organizationProcedure, publicProcedure, router } from '../trpc.ts';

/**
 * A token is one member's, and revoking it must end all that it can do: it enters no other organization and leaves no
 * other token behind.
 */
function refuseToken(signedIn: SignedIn | null): void {
  if (signedIn?.memberId)
    throw new AppError('FORBIDDEN', 'This cannot be done with an API token. Sign in with a browser.');
}

/** Where a request comes from; the listener writes it, whatever the client sent. */
const addressOf = (ctx: Pick<Context, 'req'>): string => String(ctx.req.headers['x-pupil-address'] ?? 'unknown');

export const peopleRouter = router({
  /** Who am I, and where do I belong? Null for a stranger. */
  me: publicProcedure.query(async ({ ctx }) => {
    if (!ctx.signedIn) return null;
    const { userId, name, email, memberId } = ctx.signedIn;
    const memberships = await listMemberships(ctx.services.db, userId);
    return {
      userId,
      name,
      email,
      memberId,
      memberships: memberships.filter((row) => memberId === null || row.memberId === memberId),
    };
  }),
  checkSetup: publicProcedure
    .input(z.object({ token }))
    .query(({ ctx, input }) =>
      limitMisses(ctx.services, addressOf(ctx), () => findSetupLink(ctx.services.db, hashToken(input.token))),
    ),
  createOwner: publicProcedure.input(createOwnerInput).mutation(async ({ ctx, input }) => {
    const created = await limitMisses(ctx.services, addressOf(ctx), () => createOwner(ctx.services, input));
    return { ...created, signedIn: await ctx.startSession(input) };
  }),
  checkInvitation: publicProcedure.input(z.object({ token })).query(async ({ ctx, input }) => {
    const found = await limitMisses(ctx.services, addressOf(ctx), () =>
      findInvitation(ctx.services.db, hashToken(input.token)),
    );
    return found ? { role: found.role, organizationName: found.organizationName } : null;
  }),
  acceptInvitation: publicProcedure.input(acceptInput).mutation(async ({ ctx, input }) => {
    refuseToken(ctx.signedIn);
    const joined = await limitMisses(ctx.services, addressOf(ctx), () =>
      acceptInvitation(ctx.services, ctx.signedIn?.userId ?? null, input),
    );
    return { ...joined, signedIn: ctx.signedIn || !input.person ? true : await ctx.startSession(input.person) };
  }),

  /** One's own password, by the current one; every other session of the person ends. */
  changePassword: authedProcedure.input(passwordInput).mutation(({ ctx, input }) => {
    refuseToken(ctx.signedIn);
    return changePassword(ctx.services, ctx.signedIn, input);
  }),
  /** What colleagues see oneself called. */
  changeName: authedProcedure.input(nameInput).mutation(({ ctx, input }) => {
    refuseToken(ctx.signedIn);
    return changeName(ctx.services, ctx.signedIn.userId, input.name);
  }),

  rename: organizationProcedure('organization:update')
    .input(z.object({ name: plainText(120) }))
    .mutation(({ ctx, input }) => renameOrganization(ctx.services.db, ctx.actor.organizationId, input.name)),
  members: organizationProcedure('member:list').query(({ ctx }) =>
    listMembers(ctx.services.db, ctx.actor.organizationId),
  ),
  changeRole: organizationProcedure('member:change-role')
    .input(z.object({ memberId: z.uuid(), role }))
    .mutation(({ ctx, input }) => changeRole(ctx.services, ctx.actor, input)),
  remove: organizationProcedure('member:remove')
    .input(z.object({ memberId: z.uuid() }))
    .mutation(({ ctx, input }) => changeRole(ctx.services, ctx.actor, { memberId: input.memberId, role: null })),
  invitations: organizationProcedure('member:invite').query(({ ctx }) =>
    listInvitations(ctx.services.db, ctx.actor.organizationId),
  ),
  invite: organizationProcedure('member:invite')
    .input(createInvitation)
    .mutation(({ ctx, input }) => invite(ctx.services, ctx.actor, input)),
  revokeInvitation: organizationProcedure('member:invite')
    .input(z.object({ id: z.uuid() }))
    .mutation(async ({ ctx, input }) => {
      if (!(await revokeInvitation(ctx.services.db, ctx.actor.organizationId, input.id))) throw notFound('invitation');
    }),
  activity: organizationProcedure('activity:list')
    .input(
      z.object({
        projectId: z.uuid().optional(),
        memberId: z.uuid().optional(),
        action: z.string().max(60).optional(),
        before: z.uuid().optional(),
      }),
    )
    .query(({ ctx, input }) =>
      listActivity(ctx.services.db, { ...input, organizationId: ctx.actor.organizationId, limit: 100 }),
    ),
  tokens: organizationProcedure('token:manage').query(({ ctx }) => listApiTokens(ctx.services.db, ctx.actor.memberId)),
  createToken: organizationProcedure('token:manage')
    .input(z.object({ name: plainText(60) }))
    .mutation(async ({ ctx, input }) => {
      refuseToken(ctx.signedIn);
      const secret = makeToken('pupil_');
      await insertApiToken(ctx.services.db, {
        memberId: ctx.actor.memberId,
        name: input.name,
        tokenHash: hashToken(secret),
      });
      return { token: secret };
    }),
  revokeToken: organizationProcedure('token:manage')
    .input(z.object({ id: z.uuid() }))
    .mutation(async ({ ctx, input }) => {
      if (!(await revokeApiToken(ctx.services.db, ctx.actor.memberId, input.id))) throw notFound('token');
      ctx.services.sessions?.end(input.id);
    }),
});
