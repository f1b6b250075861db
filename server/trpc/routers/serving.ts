import { keepAsked as keepInput, promoteRound as promoteInput, sendAsked as sendInput } from '#core/schemas/serving.ts';
import { listAsked } from '#db/queries/serving/asked.ts';
import { setKeepAsked } from '../../services/serving/keep-asked.ts';
import { sendAsked } from '../../services/serving/send-asked.ts';
import { promoteRound, rollBackServing } from '../../services/serving/promote-round.ts';
import { readServing } from '../../services/serving/read-serving.ts';
import { projectProcedure, router } from '../trpc.ts';

export const servingRouter = router({
  get: projectProcedure('model:ask').query(({ ctx, input }) => readServing(ctx.services.db, input.projectId)),
  promote: projectProcedure('model:promote')
    .input(promoteInput)
    .mutation(({ ctx, input }) => promoteRound(ctx.services, ctx.actor, input)),
  /** What served before the newest choice serves again. */
  rollBack: projectProcedure('model:promote').mutation(({ ctx, input }) =>
    rollBackServing(ctx.services, ctx.actor, input.projectId),
  ),
  /** The newest pictures that were asked, where they are kept. */
  asked: projectProcedure('model:ask').query(async ({ ctx, input }) => ({
    kept: ctx.project.settings.keepAsked,
    rows: await listAsked(ctx.services.db, input.projectId),
  })),
  keepAsked: projectProcedure('model:promote')
    .input(keepInput)
    .mutation(({ ctx, input }) => setKeepAsked(ctx.services, ctx.actor, input)),
  /** Into the pool, to be asked of people before what rounds doubt by themselves. */
  sendAsked: projectProcedure('image:import')
    .input(sendInput)
    .mutation(({ ctx, input }) => sendAsked(ctx.services, ctx.actor, ctx.project, input.ids)),
});
