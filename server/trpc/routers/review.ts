import { z } from 'zod';
import {
  claimReview as claimInput,
  disputedPage,
  imageRef,
  releaseHand as releaseInput,
  reviewItemRef,
} from '#core/schemas/labeling.ts';
import { countOpenReview, holdReviewItems, listDisputed, REVIEW_HOLD_SECONDS } from '#db/queries/review/review.ts';
import { listSimilar } from '#db/queries/image/similar.ts';
import { findEmbeddingSource } from '#db/queries/round/map-round.ts';
import { blindOf } from '../../services/gallery/blind-of.ts';
import { claimReview } from '../../services/review/claim-review.ts';
import { readConsequence } from '../../services/review/read-consequence.ts';
import { releaseReview } from '../../services/review/release-review.ts';
import { revealItem } from '../../services/review/reveal-item.ts';
import { projectProcedure, router } from '../trpc.ts';

const who = (ctx: { project: { id: string }; actor: { memberId: string } }) => ({
  projectId: ctx.project.id,
  memberId: ctx.actor.memberId,
});

export const reviewRouter = router({
  claim: projectProcedure('review:answer')
    .input(claimInput)
    .mutation(({ ctx, input }) => claimReview(ctx.services, ctx.actor, ctx.project, input)),
  /** Keeps what the page holds; `release` gives it back. */
  renew: projectProcedure('review:answer').mutation(({ ctx }) =>
    holdReviewItems(ctx.services.db, { ...who(ctx), seconds: REVIEW_HOLD_SECONDS }),
  ),
  release: projectProcedure('review:answer')
    .input(releaseInput)
    .mutation(({ ctx, input: { windowId } }) => releaseReview(ctx.services, { ...who(ctx), windowId })),
  counts: projectProcedure('project:read').query(({ ctx }) => countOpenReview(ctx.services.db, who(ctx))),
  /** The model's answer and its earlier rounds', once the settings allow it. */
  reveal: projectProcedure('review:answer')
    .input(reviewItemRef)
    .query(({ ctx, input }) => revealItem(ctx.services.db, ctx.actor, ctx.project, input)),
  /**
   * Images that the newest standing round, or before one the backbone, sees as alike, with what people said of
   * them, as far as the member may see it.
   */
  similar: projectProcedure('image:read')
    .input(imageRef.extend({ limit: z.int().min(1).max(60).default(12), openOnly: z.boolean().default(false) }))
    .query(async ({ ctx, input }) => {
      const source = await findEmbeddingSource(ctx.services.db, { projectId: ctx.project.id });
      return source
        ? listSimilar(ctx.services.db, {
            ...input,
            projectId: ctx.project.id,
            source,
            blind: blindOf(ctx.actor, ctx.project),
          })
        : [];
    }),
  /** Images that people disagree on, for a lead to decide. */
  disputed: projectProcedure('annotation:adjudicate')
    .input(disputedPage)
    .query(({ ctx, input }) => listDisputed(ctx.services.db, { ...input, projectId: ctx.project.id })),
  consequence: projectProcedure('review:answer').query(({ ctx }) => readConsequence(ctx.services.db, who(ctx))),
});
