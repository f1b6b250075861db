import { z } from 'zod';
import { confusionCell, imageRef, mapPoint, roundImages, roundRef } from '#core/schemas/run-commands.ts';
import { isGuessUnseen } from '#db/queries/blind.ts';
import { findMapImage, listCell, listFlips, listMistakes } from '#db/queries/round/round-read.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { pairOf } from '../../services/round/compare-rounds.ts';
import { blindOf } from '../../services/gallery/blind-of.ts';
import { listOpinions } from '../../services/gallery/list-opinions.ts';
import { decideRound } from '../../services/round/decide-round.ts';
import { findPreviousRound, readMap, readRound } from '../../services/round/read-round.ts';
import { readSimulator } from '../../services/round/read-simulator.ts';
import { projectProcedure, router } from '../trpc.ts';

export const roundRouter = router({
  get: projectProcedure('run:read')
    .input(roundRef)
    .query(({ ctx, input }) => readRound(ctx.services.db, input)),
  map: projectProcedure('run:read')
    .input(roundRef)
    .query(({ ctx, input }) => readMap(ctx.services.db, { ...input, blind: blindOf(ctx.actor, ctx.project) })),
  /** The image at a place of the map, whose class the map tells; null while that is hidden from the member. */
  mapImage: projectProcedure('run:read')
    .input(mapPoint)
    .query(async ({ ctx, input }) => {
      const { db } = ctx.services;
      await getRound(db, input);
      const found = await findMapImage(db, input);
      const isHidden =
        found !== null &&
        (await isGuessUnseen(db, {
          projectId: ctx.project.id,
          imageId: found.imageId,
          blind: blindOf(ctx.actor, ctx.project),
        }));
      return isHidden ? null : found;
    }),
  simulator: projectProcedure('run:read')
    .input(roundRef)
    .query(({ ctx, input }) => readSimulator(ctx.services.db, input)),
  /** Images behind one cell of the confusion matrix. */
  cell: projectProcedure('run:read')
    .input(confusionCell)
    .query(async ({ ctx, input }) => {
      const { run } = await getRound(ctx.services.db, input);
      return listCell(ctx.services.db, {
        ...input,
        predictedIndex: run.classIds.indexOf(input.predictedClassId),
        blind: blindOf(ctx.actor, ctx.project),
      });
    }),
  mistakes: projectProcedure('run:read')
    .input(roundImages)
    .query(async ({ ctx, input }) => {
      const { run } = await getRound(ctx.services.db, input);
      return listMistakes(ctx.services.db, {
        ...input,
        classIds: run.classIds,
        blind: blindOf(ctx.actor, ctx.project),
      });
    }),
  /** Pool images whose class moved since the round before; none for a run's first round. */
  flips: projectProcedure('prediction:browse')
    .input(roundImages)
    .query(async ({ ctx, input }) => {
      const round = await getRound(ctx.services.db, input);
      const previous = await findPreviousRound(ctx.services.db, round);
      return previous
        ? listFlips(ctx.services.db, { ...input, ...pairOf({ id: previous.id, run: round.run }, round) })
        : [];
    }),
  /** What every round said of one image; null while that is hidden from the member. */
  image: projectProcedure('run:read')
    .input(imageRef)
    .query(({ ctx, input }) => listOpinions(ctx.services.db, ctx.actor, ctx.project, input.imageId)),
  decide: projectProcedure('round:decide')
    .input(roundRef.extend({ verdict: z.enum(['accept', 'roll-back']) }))
    .mutation(({ ctx, input }) => decideRound(ctx.services, ctx.actor, input)),
});
