import { createComment as createInput, imageRef } from '#core/schemas/labeling.ts';
import { listComments } from '#db/queries/labeling/comment.ts';
import { createComment } from '../../services/comment/create-comment.ts';
import { projectProcedure, router } from '../trpc.ts';

export const commentRouter = router({
  list: projectProcedure('image:read')
    .input(imageRef)
    .query(({ ctx, input }) => listComments(ctx.services.db, input)),
  create: projectProcedure('comment:create')
    .input(createInput)
    .mutation(({ ctx, input }) => createComment(ctx.services, ctx.actor, input)),
});
