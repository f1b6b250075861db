import { must } from '#core/must.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { classSet } from '#core/labeling/class-set.ts';
import type { ClassSet } from '#core/labeling/class-set.ts';
import { addAnnotation } from '#core/labeling/labeling.ts';
import { inOneTrip } from '#db/client.ts';
import type { Announced } from '#db/notify.ts';
import { insertAnnotations, lockImages, readBefore } from '#db/queries/labeling/annotation.ts';
import { byImage, listLiveAnnotations, writeConsensus } from '#db/queries/labeling/consensus.ts';
import { markImages } from '#db/queries/labeling/assignment.ts';
import { keepClasses } from '#db/queries/project/project.ts';
import { endLeases } from '#db/queries/labeling/lease.ts';
import { answerReviewItems, isAnswered } from '#db/queries/review/review.ts';
import type { AnnotationSource } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';

export interface Decision {
  id: string;
  imageId: string;
  kind: 'decide' | 'skip';
  /** What a decision says that the image has; null of a skip. */
  classIds: ClassSet | null;
  /** Fencing token of the lease; null when none was held. */
  token: number | null;
  reviewItemId: string | null;
  guessShown: boolean;
  reason: string | null;
  durationMs: number | null;
}

export interface Recorded {
  id: string;
  imageId: string;
  /** The lease had ended before: kept as an extra answer. */
  late: boolean;
  /** It was here already; nothing changed. */
  repeated: boolean;
  /** The image's answer was known beforehand. */
  goldClassId: string | null;
}

/**
 * Takes decisions of one person inside the caller's transaction: all or none. A decision that does not carry the token
 * of its live lease is kept as a late answer; one that was sent before changes nothing. The images stay locked until
 * the transaction ends, so what is read under the lock, with the new answers, is what the consensus is computed from.
 */
export async function recordDecisions(
  { tx, announce }: Announced,
  actor: Actor,
  projectId: string,
  source: AnnotationSource,
  decisions: readonly Decision[],
): Promise<Recorded[]> {
  const imageIds = decisions.map((item) => item.imageId);
  // A set of one has a foreign key that keeps its class.
  const ofSeveral = new Set(decisions.flatMap(({ classIds }) => (classIds && classIds.length > 1 ? classIds : [])));
  // The lock is first: what stands behind it is read once it is held.
  const [locked, kept, before, annotations] = await inOneTrip([
    lockImages(tx, { projectId, imageIds }),
    ofSeveral.size > 0 ? keepClasses(tx, { projectId, classIds: [...ofSeveral] }) : [],
    readBefore(tx, {
      projectId,
      memberId: actor.memberId,
      ids: decisions.map((item) => item.id),
      classIds: decisions.flatMap((item) => item.classIds ?? []),
      imageIds,
    }),
    listLiveAnnotations(tx, imageIds),
  ]);
  const images = new Map(locked.map((row) => [row.id, row]));
  const known = new Map(before.known.map((row) => [row.id, row]));
  for (const item of decisions) {
    const row = known.get(item.id);
    if (row && (row.memberId !== actor.memberId || row.imageId !== item.imageId)) throw idTaken();
  }
  const fresh = decisions.filter((item) => !known.has(item.id));
  if (kept.length < ofSeveral.size) throw notFound('class');
  const countsAs = new Map(before.classes.map((row) => [row.id, row.standing]));
  if (fresh.some(({ classIds }) => classIds?.some((id) => !countsAs.has(id)))) throw notFound('class');
  const held = new Map(before.leases.map((row) => [row.imageId, row.token]));
  /** Was the claim lost that this decision rests on? Leads need none, and a review item is its own. */
  const isLate = (item: Decision): boolean => {
    if (source === 'adjudicate' || source === 'bulk') return false;
    if (item.token !== null) return held.get(item.imageId) !== item.token;
    if (item.reviewItemId !== null)
      return !before.items.some((row) => row.id === item.reviewItemId && row.heldBy === actor.memberId);
    return true;
  };
  const answered: { id: string; imageId: string }[] = [];
  const rows = [];
  for (const item of fresh) {
    const itemIds = before.items
      .filter((row) => row.imageId === item.imageId && isAnswered(row, item))
      .map((row) => row.id);
    const items =
      itemIds.length === 0
        ? []
        : await answerReviewItems(tx, {
            itemIds,
            memberId: actor.memberId,
            annotationId: item.id,
            skipped: item.kind === 'skip',
          });
    answered.push(...items.map(({ id }) => ({ id, imageId: item.imageId })));
    const own = items.find(({ id }) => id === item.reviewItemId) ?? items[0];
    rows.push({
      id: item.id,
      projectId,
      imageId: item.imageId,
      memberId: actor.memberId,
      kind: item.kind,
      classIds: item.classIds && [...classSet(item.classIds)],
      source,
      reviewItemId: own?.id ?? null,
      late: isLate(item),
      guessShown: item.guessShown,
      guessClassId: own?.guessClassId ?? null,
      reason: item.reason,
      durationMs: item.durationMs,
    });
  }
  const touched = fresh.map((item) => item.imageId);
  const fulfilled = touched.filter((imageId) => images.get(imageId)?.assignedTo === actor.memberId);
  const standing = byImage(touched, annotations);
  for (const { imageId, memberId, kind, classIds } of rows) {
    standing.set(
      imageId,
      addAnnotation(must(standing, imageId, 'annotations of image'), {
        memberId,
        kind,
        // A page that was open when classes were merged still names the old one.
        classIds: classIds && classSet(classIds.map((id) => countsAs.get(id) ?? id)),
        adjudicated: source === 'adjudicate',
      }),
    );
  }
  const [inserted] = await inOneTrip([
    insertAnnotations(tx, rows),
    endLeases(tx, { imageIds: touched.filter((imageId) => held.has(imageId)), memberId: actor.memberId }),
    fulfilled.length > 0 && markImages(tx, { projectId, imageIds: fulfilled }, { assignedTo: null }),
    writeConsensus(tx, standing, before.settings),
  ]);
  // Somebody took the id for another image meanwhile: the consensus above counts what was not said.
  if (inserted.size < rows.length) throw idTaken();
  announce([
    ...touched.map((imageId) => ({
      name: 'annotation:submitted' as const,
      projectId,
      imageId,
      memberId: actor.memberId,
      source,
    })),
    ...answered.map(({ id, imageId }) => ({
      name: 'review:answered' as const,
      projectId,
      itemId: id,
      imageId,
      memberId: actor.memberId,
    })),
  ]);
  const lateOf = new Map(rows.map((row) => [row.id, row.late]));
  return decisions.map(({ id, imageId }) => ({
    id,
    imageId,
    late: lateOf.get(id) ?? known.get(id)?.late ?? false,
    repeated: known.has(id),
    goldClassId: images.get(imageId)?.goldClassId ?? null,
  }));
}

const idTaken = (): AppError => new AppError('CONFLICT', say('error.decisionIdTaken'));
