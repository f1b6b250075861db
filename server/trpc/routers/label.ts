import { z } from 'zod';
import { claim, submitAnnotations, undoAnnotation as undoInput } from '#core/schemas/labeling.ts';
import { listHistory, listOwnAnnotations } from '#db/queries/annotation.ts';
import { countProgress } from '#db/queries/counter.ts';
import { releaseLeases, renewLeases } from '#db/queries/lease.ts';
import { claimImages } from '../../services/labeling/claim-images.ts';
import { LEASE_SECONDS } from '../../services/labeling/lease-time.ts';
import { submitAnnotation } from '../../services/labeling/submit-annotation.ts';
import { undoAnnotation } from '../../services/labeling/undo-annotation.ts';
import { projectProcedure, router } from '../trpc.ts';

export const labelRouter = router({
  /** Fills the member's hand: images leased to them and to nobody beyond the overlap. */
  claim: projectProcedure('annotation:submit').input(claim).mutation(({ ctx, input }) => claimImages(ctx.services, ctx.actor, ctx.project, input.count)),
  renew: projectProcedure('annotation:submit').mutation(({ ctx }) =>
    renewLeases(ctx.services.db, { projectId: ctx.project.id, memberId: ctx.actor.memberId, seconds: LEASE_SECONDS })),
  release: projectProcedure('annotation:submit').mutation(({ ctx }) =>
    releaseLeases(ctx.services.db, { projectId: ctx.project.id, memberId: ctx.actor.memberId })),
  /** Takes decisions in order. Each is durable once it is in the answer; sending one again changes nothing. */
  submit: projectProcedure('annotation:submit').input(submitAnnotations).mutation(async ({ ctx, input }) => {
    const results = [];
    for (const item of input.annotations) results.push(await submitAnnotation(ctx.services, ctx.actor, ctx.project.id, item));
    return results;
  }),
  undo: projectProcedure('annotation:submit').input(undoInput).mutation(({ ctx, input }) => undoAnnotation(ctx.services, ctx.actor, ctx.project.id, input)),
  /** One's own standing decisions, newest first. */
  mine: projectProcedure('annotation:submit')
    .input(z.object({ beforeSeq: z.int().optional(), limit: z.int().min(1).max(200).default(50) }))
    .query(({ ctx, input }) => listOwnAnnotations(ctx.services.db, { ...input, projectId: ctx.project.id, memberId: ctx.actor.memberId })),
  history: projectProcedure('image:read')
    .input(z.object({ imageId: z.uuid() }))
    .query(({ ctx, input }) => listHistory(ctx.services.db, { projectId: ctx.project.id, imageId: input.imageId })),
  progress: projectProcedure('project:read').query(({ ctx }) => countProgress(ctx.services.db, { projectId: ctx.project.id, memberId: ctx.actor.memberId })),
});
