import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { transactAndAnnounce } from '#db/notify.ts';
import type { Announced } from '#db/notify.ts';
import { insertAnnotations, listAnnotations, lockImages } from '#db/queries/labeling/annotation.ts';
import { refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { claimGold } from '#db/queries/labeling/gold.ts';
import { claimImage } from '#db/queries/labeling/lease.ts';
import { reopenReviewItems } from '#db/queries/review/review.ts';
import type { Actor, Services } from '../../context.ts';
import { LEASE_SECONDS } from './lease-time.ts';
import { retryOnRace } from './retry-on-race.ts';

export interface Undo {
  /** Made by the client: sending it twice changes nothing. */
  id: string;
  annotationId: string;
}

/** Takes back one's own decision by a new row, and claims the image again so that the person can decide anew. */
export const undoAnnotation = ({ pool }: Pick<Services, 'pool'>, actor: Actor, projectId: string, input: Undo) =>
  retryOnRace(() =>
    transactAndAnnounce(pool, async (announced) => {
      const [undone] = await undoDecisions(announced, actor, projectId, [input]);
      if (!undone) throw notFound('decision');
      const claim = { projectId, memberId: actor.memberId, imageId: undone.imageId, seconds: LEASE_SECONDS };
      // A gold item comes back with a token too, whether or not its overlap leaves a place.
      const token = (await claimGold(announced.tx, claim)) ?? (await claimImage(announced.tx, claim));
      return { ...undone, token };
    }),
  );

/** Takes back many of one's own decisions: the undo of a grid or of a bulk action. */
export const undoAnnotations = (
  { pool }: Pick<Services, 'pool'>,
  actor: Actor,
  projectId: string,
  undos: readonly Undo[],
) =>
  retryOnRace(() =>
    transactAndAnnounce(pool, async (announced) => ({
      undone: (await undoDecisions(announced, actor, projectId, undos)).length,
    })),
  );

async function undoDecisions({ tx, announce }: Announced, actor: Actor, projectId: string, undos: readonly Undo[]) {
  const targets = new Map(
    (
      await listAnnotations(
        tx,
        undos.map((item) => item.annotationId),
      )
    ).map((row) => [row.id, row]),
  );
  const pairs = undos.map((undo) => {
    const target = targets.get(undo.annotationId);
    if (!target || target.projectId !== projectId || target.memberId !== actor.memberId || target.kind === 'undo')
      throw notFound('decision');
    return { undo, target };
  });
  await lockImages(tx, { projectId, imageIds: pairs.map(({ target }) => target.imageId) });
  const inserted = await insertAnnotations(
    tx,
    pairs.map(({ undo, target }) => ({
      id: undo.id,
      projectId,
      imageId: target.imageId,
      memberId: actor.memberId,
      kind: 'undo' as const,
      source: target.source,
      undoesId: target.id,
    })),
  );
  const repeated = new Map(
    (
      await listAnnotations(
        tx,
        undos.map((item) => item.id).filter((id) => !inserted.has(id)),
      )
    ).map((row) => [row.id, row]),
  );
  for (const { undo, target } of pairs) {
    if (!inserted.has(undo.id) && repeated.get(undo.id)?.undoesId !== target.id)
      throw new AppError('CONFLICT', say('error.takenBackAlready'));
  }
  await refreshConsensus(tx, { projectId, imageIds: pairs.map(({ target }) => target.imageId) });
  for (const { undo, target } of pairs) {
    if (inserted.has(undo.id)) await reopenReviewItems(tx, { annotationId: target.id, memberId: actor.memberId });
  }
  announce(
    pairs.map(({ target }) => ({
      name: 'annotation:submitted' as const,
      projectId,
      imageId: target.imageId,
      memberId: actor.memberId,
      source: 'undo',
    })),
  );
  return pairs.map(({ target }) => ({
    imageId: target.imageId,
    classId: target.classId,
    kind: target.kind,
    reviewItemId: target.reviewItemId,
  }));
}
