import { z } from 'zod';
import { notFound } from '#core/errors.ts';
import { createWebhook } from '#core/schemas/webhook.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { deleteWebhook, insertWebhook, listWebhooks } from '#db/queries/project/webhook.ts';
import { makeToken } from '../../auth/token.ts';
import { organizationProcedure, router } from '../trpc.ts';

export const webhookRouter = router({
  list: organizationProcedure('webhook:manage').query(({ ctx }) =>
    listWebhooks(ctx.services.db, ctx.actor.organizationId),
  ),
  /** The signing secret is shown once. */
  create: organizationProcedure('webhook:manage')
    .input(createWebhook)
    .mutation(async ({ ctx, input: { url, events } }) => {
      const { organizationId, memberId } = ctx.actor;
      const secret = makeToken('whsec_');
      const id = await insertWebhook(ctx.services.db, { organizationId, url, events, secret });
      await recordActivity(ctx.services.db, {
        organizationId,
        memberId,
        action: 'webhook:created',
        subject: new URL(url).host,
      });
      return { id, secret };
    }),
  delete: organizationProcedure('webhook:manage')
    .input(z.object({ id: z.uuid() }))
    .mutation(async ({ ctx, input }) => {
      if (!(await deleteWebhook(ctx.services.db, ctx.actor.organizationId, input.id))) throw notFound('webhook');
    }),
});
