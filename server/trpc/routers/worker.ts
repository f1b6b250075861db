import { listWorkers } from '#db/queries/run/worker.ts';
import { organizationProcedure, router } from '../trpc.ts';

export const workerRouter = router({
  list: organizationProcedure('worker:list').query(({ ctx }) => listWorkers(ctx.services.db, ctx.actor.memberId)),
});
