import { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { languageOf } from '../../auth/language.ts';
import { mayRun, ROLES } from '#core/people/access.ts';
import {
  acceptInvitation as acceptInput,
  changeLanguage as languageInput,
  changeName as nameInput,
  changePassword as passwordInput,
  chooseProjects as projectsInput,
  createInvitation,
  createOwner as createOwnerInput,
  resetPassword as resetInput,
  role,
  token,
} from '#core/schemas/people.ts';
import { plainText } from '#core/schemas/project.ts';
import { listActivity } from '#db/queries/people/activity.ts';
import { insertApiToken, listAllApiTokens, listApiTokens, revokeApiTokens } from '#db/queries/people/api-token.ts';
import {
  findInvitation,
  listInvitations,
  listInvitedProjects,
  revokeInvitation,
} from '#db/queries/people/invitation.ts';
import { findSetupLink, listMembers, listMemberships } from '#db/queries/people/member.ts';
import { findReset } from '#db/queries/people/password-reset.ts';
import { findLanguage, setLanguage } from '#db/queries/people/user.ts';
import { renameOrganization } from '#db/queries/people/organization.ts';
import type { SignedIn } from '../../auth/session-cache.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Actor, Services } from '../../context.ts';
import { acceptInvitation } from '../../services/people/accept-invitation.ts';
import { changeName } from '../../services/people/change-name.ts';
import { changePassword } from '../../services/people/change-password.ts';
import { changeRole } from '../../services/people/change-role.ts';
import { chooseProjects } from '../../services/people/choose-projects.ts';
import { createOwner } from '../../services/people/create-owner.ts';
import { invite } from '../../services/people/invite.ts';
import { askForReset, sendReset } from '../../services/people/mail-reset.ts';
import { makeReset } from '../../services/people/make-reset.ts';
import { resetPassword } from '../../services/people/reset-password.ts';
import { limitJoins, limitMisses } from '../../services/people/limit-misses.ts';
import type { Context } from '../trpc.ts';
import { authedProcedure, organizationProcedure, publicProcedure, router } from '../trpc.ts';

/**
 * A token is one member's, and revoking it must end all that it can do: it enters no other organization and leaves no
 * other token behind.
 */
function refuseToken(signedIn: SignedIn | null): void {
  if (signedIn?.memberId) throw new AppError('FORBIDDEN', say('error.tokenRefused'));
}

async function revokeTokens(services: Services, which: Parameters<typeof revokeApiTokens>[1]): Promise<void> {
  const revoked = await revokeApiTokens(services.db, which);
  if (revoked.length === 0) throw notFound('token');
  for (const id of revoked) services.sessions?.end(id);
}

/** The invitations that a member may know of. */
const invitationsOf = (actor: Actor) => ({
  memberId: actor.memberId,
  roles: ROLES.filter((role) => mayRun(actor.role, role)),
});

/** Where a request comes from; the listener writes it, whatever the client sent. */
const addressOf = (ctx: Pick<Context, 'req'>): string => String(ctx.req.headers['x-pupil-address'] ?? 'unknown');

export const peopleRouter = router({
  /** Who am I, and where do I belong? Null for a stranger. */
  me: publicProcedure.query(async ({ ctx }) => {
    if (!ctx.signedIn) return null;
    const { userId, name, email, memberId } = ctx.signedIn;
    const [memberships, language] = await Promise.all([
      listMemberships(ctx.services.db, userId),
      findLanguage(ctx.services.db, userId),
    ]);
    return {
      userId,
      name,
      email,
      memberId,
      /** What they chose for all their browsers; null follows each. */
      language,
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
    if (!found) return null;
    const projects = found.allProjects ? null : await listInvitedProjects(ctx.services.db, found.id);
    return {
      role: found.role,
      organizationName: found.organizationName,
      projects,
    };
  }),
  acceptInvitation: publicProcedure.input(acceptInput).mutation(async ({ ctx, input }) => {
    refuseToken(ctx.signedIn);
    if (input.person) await limitJoins(ctx.services.db, addressOf(ctx));
    const joined = await limitMisses(ctx.services, addressOf(ctx), () =>
      acceptInvitation(ctx.services, ctx.signedIn?.userId ?? null, input),
    );
    return { ...joined, signedIn: ctx.signedIn || !input.person ? true : await ctx.startSession(input.person) };
  }),

  /** What the sign-in page may offer. */
  signInWays: publicProcedure.query(({ ctx }) => ({
    mail: ctx.services.mail !== null,
    /** What the button of the identity provider says; null without one. */
    oidc: ctx.services.env.PUPIL_OIDC_ISSUER ? ctx.services.env.PUPIL_OIDC_LABEL : null,
  })),
  /** Whose password a link would set: to show it, and for password managers. */
  checkReset: publicProcedure.input(z.object({ token })).query(async ({ ctx, input }) => {
    const found = await limitMisses(ctx.services, addressOf(ctx), () =>
      findReset(ctx.services.db, hashToken(input.token)),
    );
    return found && { name: found.name, email: found.email };
  }),
  resetPassword: publicProcedure
    .input(resetInput)
    .mutation(({ ctx, input }) => limitMisses(ctx.services, addressOf(ctx), () => resetPassword(ctx.services, input))),
  /** "Forgot password?": the same answer whoever it is. */
  askForReset: publicProcedure.input(z.object({ email: z.email().max(200) })).mutation(async ({ ctx, input }) => {
    await askForReset(ctx.services, addressOf(ctx), input.email, languageOf(ctx.req));
  }),
  /** A link to a new password for a member, to be handed over, or sent by mail. */
  makeReset: organizationProcedure('member:reset-password')
    .input(z.object({ memberId: z.uuid(), byMail: z.boolean().default(false) }))
    .mutation(async ({ ctx, input }) => {
      refuseToken(ctx.signedIn);
      if (input.byMail && !ctx.services.mail) throw new AppError('NOT_READY', say('error.noMailHere'));
      const { path, expiresAt, person } = await makeReset(ctx.services, ctx.actor, input.memberId);
      if (!input.byMail) return { path, expiresAt };
      const language = person.language ?? languageOf(ctx.req);
      await sendReset(ctx.services, { ...person, language }, path, 'day');
      return { path: null, expiresAt };
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
  /** The language of one's pages, on whatever browser. */
  changeLanguage: authedProcedure.input(languageInput).mutation(({ ctx, input }) => {
    refuseToken(ctx.signedIn);
    return setLanguage(ctx.services.db, { userId: ctx.signedIn.userId, language: input.language });
  }),

  rename: organizationProcedure('organization:update')
    .input(z.object({ name: plainText(120) }))
    .mutation(({ ctx, input }) => renameOrganization(ctx.services.db, ctx.actor.organizationId, input.name)),
  members: organizationProcedure('member:list').query(({ ctx }) => listMembers(ctx.services.db, ctx.actor)),
  chooseProjects: organizationProcedure('member:choose-projects')
    .input(projectsInput)
    .mutation(({ ctx, input }) => chooseProjects(ctx.services, ctx.actor, input)),
  changeRole: organizationProcedure('member:change-role')
    .input(z.object({ memberId: z.uuid(), role }))
    .mutation(({ ctx, input }) => changeRole(ctx.services, ctx.actor, input)),
  remove: organizationProcedure('member:remove')
    .input(z.object({ memberId: z.uuid() }))
    .mutation(({ ctx, input }) => changeRole(ctx.services, ctx.actor, { memberId: input.memberId, role: null })),
  invitations: organizationProcedure('member:invite').query(({ ctx }) =>
    listInvitations(ctx.services.db, invitationsOf(ctx.actor)),
  ),
  invite: organizationProcedure('member:invite')
    .input(createInvitation)
    .mutation(({ ctx, input }) => invite(ctx.services, ctx.actor, input)),
  revokeInvitation: organizationProcedure('member:invite')
    .input(z.object({ id: z.uuid() }))
    .mutation(async ({ ctx, input }) => {
      if (!(await revokeInvitation(ctx.services.db, invitationsOf(ctx.actor), input.id))) throw notFound('invitation');
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
      listActivity(ctx.services.db, {
        ...input,
        organizationId: ctx.actor.organizationId,
        seerId: ctx.actor.memberId,
        limit: 100,
      }),
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
      await revokeTokens(ctx.services, { memberId: ctx.actor.memberId, id: input.id });
    }),
  /** Everybody's. */
  allTokens: organizationProcedure('token:oversee').query(({ ctx }) =>
    listAllApiTokens(ctx.services.db, ctx.actor.organizationId),
  ),
  revokeAnyToken: organizationProcedure('token:oversee')
    .input(z.object({ id: z.uuid() }))
    .mutation(async ({ ctx, input }) => {
      await revokeTokens(ctx.services, { organizationId: ctx.actor.organizationId, id: input.id });
    }),
});
