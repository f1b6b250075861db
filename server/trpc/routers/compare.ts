import { pairImages, roundPair } from '#core/schemas/run-commands.ts';
import { listChanged } from '#db/queries/round/round-read.ts';
import { getRound, listMeasuredRounds } from '#db/queries/run/run-read.ts';
import { compareRounds, pairOf } from '../../services/round/compare-rounds.ts';
import { blindOf } from '../../services/gallery/blind-of.ts';
import { projectProcedure, router } from '../trpc.ts';

export const compareRouter = router({
  rounds: projectProcedure('run:read').query(({ ctx, input }) => listMeasuredRounds(ctx.services.db, input.projectId)),
  pair: projectProcedure('run:read')
    .input(roundPair)
    .query(({ ctx, input }) => compareRounds(ctx.services.db, input)),
  /** Validation images that only one of the two got right. */
  changed: projectProcedure('run:read')
    .input(pairImages)
    .query(async ({ ctx, input }) => {
      const { db } = ctx.services;
      const [first, second] = await Promise.all([
        getRound(db, { projectId: input.projectId, roundId: input.roundId }),
        getRound(db, { projectId: input.projectId, roundId: input.otherRoundId }),
      ]);
      return listChanged(db, { ...input, ...pairOf(first, second), blind: blindOf(ctx.actor, ctx.project) });
    }),
});
