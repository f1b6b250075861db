import { listReview, queueImages as queuePicked, queueReview as queueInput } from '#core/schemas/run-commands.ts';
import { listReviewItems } from '#db/queries/review/insight.ts';
import { listLiveSuspects } from '#db/queries/labeling/live-teacher.ts';
import { blindOf } from '../../services/gallery/blind-of.ts';
import { queueImages } from '../../services/insight/queue-images.ts';
import { queueReview } from '../../services/insight/queue-review.ts';
import { loadGain } from '../../services/insight/read-gain.ts';
import { readLive } from '../../services/insight/read-live.ts';
import { readNextAction } from '../../services/insight/read-next-action.ts';
import { readControl, readTrust } from '../../services/insight/read-trust.ts';
import { projectProcedure, router } from '../trpc.ts';

export const insightRouter = router({
  next: projectProcedure('run:read').query(({ ctx, input }) => readNextAction(ctx.services.db, input.projectId)),
  /** The live teacher: what it expects of itself. Figures of the whole pool, of no one image. */
  live: projectProcedure('run:read').query(({ ctx, input }) => readLive(ctx.services.db, input.projectId)),
  /** Human labels that it doubts, the clearest first. */
  liveSuspects: projectProcedure('prediction:browse').query(({ ctx, input }) =>
    listLiveSuspects(ctx.services.db, input.projectId),
  ),
  gain: projectProcedure('run:read').query(({ ctx, input }) => loadGain(ctx.services.db, input.projectId)),
  trust: projectProcedure('run:read').query(({ ctx, input }) => readTrust(ctx.services.db, input.projectId)),
  control: projectProcedure('run:read').query(({ ctx, input }) => readControl(ctx.services.db, input.projectId)),
  items: projectProcedure('run:read')
    .input(listReview)
    .query(({ ctx, input }) => listReviewItems(ctx.services.db, { ...input, blind: blindOf(ctx.actor, ctx.project) })),
  queue: projectProcedure('review:manage')
    .input(queueInput)
    .mutation(({ ctx, input }) => queueReview(ctx.services, ctx.actor, input)),
  /** Sends images that were picked to people, as items of a round, else of the newest. */
  queueImages: projectProcedure('review:manage')
    .input(queuePicked)
    .mutation(({ ctx, input }) => queueImages(ctx.services, ctx.actor, { ...input, roundId: input.roundId ?? null })),
});
