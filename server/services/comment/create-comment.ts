import type { z } from 'zod';
import { can } from '#core/people/access.ts';
import type { createComment as createCommentInput } from '#core/schemas/labeling.ts';
import { notify } from '#db/notify.ts';
import { insertComment } from '#db/queries/labeling/comment.ts';
import { getImage } from '#db/queries/image/image.ts';
import { listProjectMembers } from '#db/queries/people/member.ts';
import { insertMentions } from '#db/queries/people/mention.ts';
import type { Actor, Services } from '../../context.ts';

/**
 * Adds a comment to an image and tells those whom it names; sent again it changes nothing. @throws NOT_FOUND without
 * the image
 */
export const createComment = (
  services: Services,
  actor: Actor,
  input: z.output<typeof createCommentInput> & { projectId: string },
): Promise<void> =>
  services.db.transaction(async (tx) => {
    const { id, projectId, imageId, body } = input;
    await getImage(tx, projectId, imageId);
    if (!(await insertComment(tx, { id, projectId, imageId, body, memberId: actor.memberId }))) return;
    const named = new Set(input.mentions);
    const mentioned = (await listProjectMembers(tx, projectId)).filter(
      ({ memberId, role }) => named.has(memberId) && memberId !== actor.memberId && can(role, 'image:read'),
    );
    await insertMentions(
      tx,
      id,
      mentioned.map(({ memberId }) => memberId),
    );
    await notify(tx, {
      name: 'comment:created',
      projectId,
      imageId,
      commentId: id,
      memberId: actor.memberId,
      mentioned: mentioned.map(({ userId }) => userId),
    });
  });
