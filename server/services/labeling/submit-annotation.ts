import type { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import type { submitAnnotation as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { findAnnotation, insertAnnotation, lockImage } from '#db/queries/annotation.ts';
import { refreshConsensus } from '#db/queries/consensus.ts';
import { endLease } from '#db/queries/lease.ts';
import { findClass } from '#db/queries/project.ts';
import { answerReviewItem } from '#db/queries/review.ts';
import type { Actor } from '../../context.ts';

export type Submission = z.infer<typeof schema>;

export interface Submitted {
  id: string;
  /** The lease had ended before: kept as an extra judgment. */
  late: boolean;
  /** It was here already; nothing changed. */
  repeated: boolean;
}

/**
 * Takes one decision, in one transaction: once acknowledged it is durable. A decision whose lease was lost is kept as a late
 * judgment, never dropped; one that was sent before changes nothing.
 */
export function submitAnnotation(services: { db: Db }, actor: Actor, projectId: string, input: Submission): Promise<Submitted> {
  return services.db.transaction(async (tx) => {
    await lockImage(tx, { projectId, imageId: input.imageId });
    const known = await findAnnotation(tx, input.id);
    if (known) {
      if (known.memberId !== actor.memberId || known.imageId !== input.imageId) throw new AppError('CONFLICT', 'This decision id belongs to another decision.');
      return { id: known.id, late: known.late, repeated: true };
    }
    if (input.classId && !(await findClass(tx, { projectId, classId: input.classId }))) throw notFound('class');
    const held = await endLease(tx, { imageId: input.imageId, memberId: actor.memberId });
    const item = input.reviewItemId
      ? await answerReviewItem(tx, { projectId, itemId: input.reviewItemId, imageId: input.imageId, memberId: actor.memberId, annotationId: input.id, skipped: input.kind === 'skip' })
      : null;
    const late = !held && input.token !== null;
    await insertAnnotation(tx, {
      id: input.id, projectId, imageId: input.imageId, memberId: actor.memberId, kind: input.kind, classId: input.classId,
      source: input.reviewItemId ? 'review' : 'label', reviewItemId: item?.id ?? null, late, guessShown: input.guessShown,
      guessClassId: item?.guessClassId ?? null, reason: input.reason, durationMs: input.durationMs,
    });
    await refreshConsensus(tx, { projectId, imageIds: [input.imageId] });
    await notify(tx, {
      name: 'annotation:submitted', projectId, imageId: input.imageId, memberId: actor.memberId, source: input.reviewItemId ? 'review' : 'label',
    });
    if (item) await notify(tx, { name: 'review:answered', projectId, itemId: item.id, imageId: input.imageId, memberId: actor.memberId });
    return { id: input.id, late, repeated: false };
  });
}
