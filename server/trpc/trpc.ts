import { initTRPC } from '@trpc/server';
import type { IncomingMessage } from 'node:http';
import superjson from 'superjson';
import { z } from 'zod';
import { can } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { findMembership, findProjectMembership } from '#db/queries/people/member.ts';
import type { SignedIn } from '../auth/session-cache.ts';
import type { Services } from '../context.ts';
import { saidOf, toTRPCError } from './error.ts';

export interface Context {
  services: Services;
  req: Pick<IncomingMessage, 'headers'>;
  signedIn: SignedIn | null;
  /** Signs in whoever has just made this account, with the answer; false where that could not be done. */
  startSession(person: { email: string; password: string }): Promise<boolean>;
  requestId: string;
}

/** What a procedure asks of its member, for the description of the API. */
export interface ProcedureMeta {
  action: Action;
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    errorFormatter: ({ shape, error, ctx }) => ({
      ...shape,
      data: {
        ...shape.data,
        stack: undefined,
        appCode: error.cause instanceof AppError ? error.cause.code : null,
        said: saidOf(error.cause),
        retryable: error.cause instanceof AppError ? error.cause.retryable : error.code === 'INTERNAL_SERVER_ERROR',
        requestId: ctx?.requestId ?? null,
      },
    }),
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Expected failures keep their message; anything else is a bug: logged, and shown only as a request id. */
const errors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  throw toTRPCError(result.error, { log: ctx.services.log, path, requestId: ctx.requestId });
});

export const publicProcedure = t.procedure.use(errors);

export const authedProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.signedIn) throw new AppError('UNAUTHORIZED', say('error.signInFirst'));
  return next({ ctx: { ...ctx, signedIn: ctx.signedIn } });
});

const allow = (role: Parameters<typeof can>[0], action: Action): void => {
  if (!can(role, action)) throw new AppError('FORBIDDEN', say('error.role', { role }));
};

/** A procedure on an organization: loads the membership once and asks the one table. */
export const organizationProcedure = (action: Action) =>
  authedProcedure
    .meta({ action })
    .input(z.object({ organizationId: z.uuid() }))
    .use(async ({ ctx, input, next }) => {
      const actor = await findMembership(ctx.services.db, {
        organizationId: input.organizationId,
        userId: ctx.signedIn.userId,
        memberId: ctx.signedIn.memberId,
      });
      if (!actor) throw notFound('organization');
      allow(actor.role, action);
      return next({ ctx: { ...ctx, actor } });
    });

/** A procedure on a project. A stranger cannot tell a project of others from one that does not exist. */
export const projectProcedure = (action: Action) =>
  authedProcedure
    .meta({ action })
    .input(z.object({ projectId: z.uuid() }))
    .use(async ({ ctx, input, next }) => {
      const found = await findProjectMembership(ctx.services.db, {
        projectId: input.projectId,
        userId: ctx.signedIn.userId,
        memberId: ctx.signedIn.memberId,
      });
      if (!found) throw notFound('project');
      allow(found.actor.role, action);
      return next({ ctx: { ...ctx, actor: found.actor, project: found.project } });
    });
