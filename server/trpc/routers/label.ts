import { z } from 'zod';
import { RECENT_ANNOTATIONS } from '#core/labeling/agreement.ts';
import {
  adjudicate,
  claim,
  claimGrid as claimGridInput,
  imageRef,
  releaseHand as releaseInput,
  submitAnnotations as submitInput,
  undoAnnotation as undoInput,
} from '#core/schemas/labeling.ts';
import { listOwnAnnotations } from '#db/queries/labeling/annotation.ts';
import { countProgress } from '#db/queries/labeling/counter.ts';
import { renewLeases } from '#db/queries/labeling/lease.ts';
import { listRecent } from '#db/queries/labeling/team.ts';
import { readImage } from '../../services/gallery/read-image.ts';
import { checkAuthor } from '../../services/labeling/check-author.ts';
import { claimGrid } from '../../services/labeling/claim-grid.ts';
import { claimImages } from '../../services/labeling/claim-images.ts';
import { decideTogether } from '../../services/labeling/decide-together.ts';
import { LEASE_SECONDS } from '../../services/labeling/lease-time.ts';
import { listGuesses } from '../../services/labeling/list-guesses.ts';
import { releaseHand } from '../../services/labeling/release-hand.ts';
import { submitAnnotations } from '../../services/labeling/submit-annotation.ts';
import { undoAnnotation } from '../../services/labeling/undo-annotation.ts';
import { projectProcedure, router } from '../trpc.ts';

const who = (ctx: { project: { id: string }; actor: { memberId: string } }) => ({
  projectId: ctx.project.id,
  memberId: ctx.actor.memberId,
});

export const labelRouter = router({
  /** Fills the member's hand: images leased to them and to nobody beyond the overlap. */
  claim: projectProcedure('annotation:submit')
    .input(claim)
    .mutation(({ ctx, input }) => claimImages(ctx.services, ctx.actor, ctx.project, input.count, input.back)),
  claimGrid: projectProcedure('annotation:submit')
    .input(claimGridInput)
    .mutation(({ ctx, input }) => claimGrid(ctx.services, ctx.actor, ctx.project, input)),
  /** What the model says of images that one has just answered. */
  guesses: projectProcedure('annotation:submit')
    .input(z.object({ imageIds: z.array(z.uuid()).min(1).max(100) }))
    .query(({ ctx, input }) => listGuesses(ctx.services.db, ctx.actor, ctx.project, input.imageIds)),
  renew: projectProcedure('annotation:submit').mutation(({ ctx }) =>
    renewLeases(ctx.services.db, { ...who(ctx), seconds: LEASE_SECONDS }),
  ),
  release: projectProcedure('annotation:submit')
    .input(releaseInput)
    .mutation(({ ctx, input: { windowId } }) => releaseHand(ctx.services, { ...who(ctx), windowId })),
  /** Takes decisions in order. Each that is in the answer is settled: saved, or refused for good with its reason. */
  submit: projectProcedure('annotation:submit')
    .input(submitInput)
    .mutation(({ ctx, input }) =>
      submitAnnotations(ctx.services, checkAuthor(ctx.actor, input.memberId), ctx.project.id, input.annotations),
    ),
  undo: projectProcedure('annotation:submit')
    .input(undoInput)
    .mutation(({ ctx, input }) =>
      undoAnnotation(ctx.services, checkAuthor(ctx.actor, input.memberId), ctx.project.id, input),
    ),
  /** A lead decides what people disagree on. */
  adjudicate: projectProcedure('annotation:adjudicate')
    .input(adjudicate)
    .mutation(({ ctx, input: { id, imageId, classId, reason } }) =>
      decideTogether(
        ctx.services,
        ctx.actor,
        ctx.project.id,
        'adjudicate',
        [{ id, imageId, classIds: [classId] }],
        reason,
      ),
    ),
  /** One's own standing decisions, newest first. */
  mine: projectProcedure('annotation:submit')
    .input(z.object({ beforeSeq: z.int().optional(), limit: z.int().min(1).max(200).default(50) }))
    .query(({ ctx, input }) => listOwnAnnotations(ctx.services.db, { ...input, ...who(ctx) })),
  /** Everything that was ever said about an image, as far as the asking member may see it by now. */
  history: projectProcedure('image:read')
    .input(imageRef)
    .query(async ({ ctx, input }) => (await readImage(ctx.services.db, ctx.actor, ctx.project, input.imageId)).history),
  progress: projectProcedure('project:read').query(({ ctx }) => countProgress(ctx.services.db, who(ctx))),
  /**
   * How one agrees with the others and how long an answer takes, over one's newest annotations in this project; null
   * before the first.
   */
  summary: projectProcedure('annotation:submit').query(
    async ({ ctx }) => (await listRecent(ctx.services.db, { ...who(ctx), annotations: RECENT_ANNOTATIONS }))[0] ?? null,
  ),
});
