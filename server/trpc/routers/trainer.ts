import { listTrainers } from '#db/queries/run/trainer.ts';
import { organizationProcedure, router } from '../trpc.ts';

export const trainerRouter = router({
  list: organizationProcedure('trainer:list').query(({ ctx }) => listTrainers(ctx.services.db, ctx.actor.memberId)),
});
