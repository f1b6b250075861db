import { promoteRound as promoteInput } from '#core/schemas/serving.ts';
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
});
