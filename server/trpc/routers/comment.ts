import { createComment, imageRef } from '#core/schemas/labeling.ts';
import { notify } from '#db/notify.ts';
import { insertComment, listComments, listMentions } from '#db/queries/comment.ts';
import { getImage } from '#db/queries/image.ts';
import { listMembers } from '#db/queries/member.ts';
import { projectProcedure, router } from '../trpc.ts';

export const commentRouter = router({
  list: projectProcedure('image:read').input(imageRef).query(({ ctx, input }) => listComments(ctx.services.db, input)),
  /** Comments that name the asking member. */
  mentions: projectProcedure('image:read').query(({ ctx }) => listMentions(ctx.services.db, { projectId: ctx.project.id, memberId: ctx.actor.memberId, limit: 50 })),
  create: projectProcedure('comment:create').input(createComment).mutation(({ ctx, input }) => ctx.services.db.transaction(async (tx) => {
    await getImage(tx, input.projectId, input.imageId);
    const members = new Set((await listMembers(tx, ctx.actor.organizationId)).map((row) => row.memberId));
    const mentions = input.mentions.filter((memberId) => members.has(memberId));
    if (await insertComment(tx, { ...input, mentions, memberId: ctx.actor.memberId })) {
      await notify(tx, { name: 'comment:created', projectId: input.projectId, imageId: input.imageId, memberId: ctx.actor.memberId });
    }
  })),
});
