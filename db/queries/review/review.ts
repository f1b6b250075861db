import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { REVIEW_REASONS, SPLITS } from '#core/project/project.ts';
import type { ReviewReason } from '#core/project/project.ts';
import { notFound } from '#core/errors.ts';
import type { Db } from '../../client.ts';
import { annotation, image, lease, member, prediction, reviewItem, round, run, user } from '../../schema/index.ts';
import { listLiveAnnotations } from '../labeling/consensus.ts';
import { fromPool } from './insight.ts';
import { execute, number, oneOf, text } from '../../execute.ts';

/** Seconds for which an item belongs to the member who looks at it; the page renews it. */
export const REVIEW_HOLD_SECONDS = 120;

/**
 * Takes the weightiest open items for a member: what they hold already, then what nobody holds and whose image nobody
 * labels just now. An image that waits for several reasons comes once. Claims of a project go one after the other: two
 * at the same time would each pass over rows that the other has only looked at, and could hold one image for two
 * reasons.
 */
export async function claimReviewItems(
  db: Db,
  params: { projectId: string; memberId: string; count: number; reasons: readonly ReviewReason[] },
): Promise<string[]> {
  const { projectId, memberId } = params;
  const wanted =
    params.reasons.length === 0 ? sql`true` : sql`r.reason = any(${sql.param([...params.reasons])}::text[])`;
  // Behind `offset 0` each is asked of one image at a time; made into joins they read all items of the database first.
  const free = sql`r.project_id = ${projectId} and r.status = 'open' and ${wanted}
    and not exists (select 1 from ${reviewItem} o where o.image_id = r.image_id and o.status = 'open'
      and o.held_by <> ${memberId} and o.held_until > now() offset 0)
    and not exists (select 1 from ${lease} l where l.image_id = r.image_id and l.member_id <> ${memberId}
      and l.expires_at > now() offset 0)
    order by r.priority desc nulls last, r.id limit ${params.count * 2} for update of r skip locked`;
  const claim = sql`
    with own as materialized (
      select r.id, r.image_id, r.priority from ${reviewItem} r where r.held_by = ${memberId} and r.held_until > now()
        and ${free}
    ),
    common as materialized (
      select r.id, r.image_id, r.priority from ${reviewItem} r where (r.held_until is null or r.held_until < now())
        and ${free}
    ),
    open_item as (select *, true as mine from own union all select *, false as mine from common),
    once as (select distinct on (image_id) id, priority, mine from open_item
      order by image_id, mine desc, priority desc, id),
    chosen as (select id, priority, mine from once order by mine desc, priority desc, id limit ${params.count}),
    held as (
      update ${reviewItem} set held_by = ${memberId}, held_until = now() + make_interval(secs => ${REVIEW_HOLD_SECONDS})
      where id in (select id from chosen) returning id
    )
    select chosen.id from chosen join held on held.id = chosen.id order by chosen.mine desc, chosen.priority desc,
      chosen.id`;
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`review:${projectId}`}, 0))`);
    return (await execute(tx, claim, { id: text })).map((row) => row.id);
  });
}

/** What the review page shows of items, in the order asked; the guess as it was when the item was made. */
export async function listReviewItemsById(db: Db, projectId: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .select({
      id: reviewItem.id,
      imageId: reviewItem.imageId,
      reason: reviewItem.reason,
      status: reviewItem.status,
      guessClassId: reviewItem.guessClassId,
      confidence: reviewItem.confidence,
      fileName: image.fileName,
      width: image.width,
      height: image.height,
      flagged: image.flagged,
      runId: reviewItem.runId,
      runNumber: run.number,
      roundId: reviewItem.roundId,
      round: { index: round.index, role: round.role, member: round.member },
      classIds: run.classIds,
      fromPool,
      probabilities: prediction.probabilities,
    })
    .from(reviewItem)
    .innerJoin(image, eq(image.id, reviewItem.imageId))
    .innerJoin(round, eq(round.id, reviewItem.roundId))
    .innerJoin(run, eq(run.id, reviewItem.runId))
    .leftJoin(prediction, and(eq(prediction.roundId, reviewItem.roundId), eq(prediction.imageId, reviewItem.imageId)))
    .where(and(eq(reviewItem.projectId, projectId), inArray(reviewItem.id, [...ids])));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function getReviewItem(db: Db, params: { projectId: string; itemId: string }) {
  const [row] = await listReviewItemsById(db, params.projectId, [params.itemId]);
  if (!row) throw notFound('review item');
  return row;
}

/** The open items of these images. */
export const listOpenReview = async (db: Db, params: { projectId: string; imageIds: readonly string[] }) =>
  params.imageIds.length === 0
    ? []
    : db
        .select({ id: reviewItem.id, imageId: reviewItem.imageId, reason: reviewItem.reason })
        .from(reviewItem)
        .where(
          and(
            eq(reviewItem.projectId, params.projectId),
            eq(reviewItem.status, 'open'),
            inArray(reviewItem.imageId, [...params.imageIds]),
          ),
        );

/** Keeps what a member holds for so long from now on; 0 gives it back at once. */
export async function holdReviewItems(
  db: Db,
  params: { projectId: string; memberId: string; seconds: number },
): Promise<void> {
  await db.execute(sql`
    update ${reviewItem} set held_until = ${
      params.seconds > 0
        ? sql`now() + make_interval(secs =>
      ${params.seconds})`
        : sql`null`
    },
      held_by = ${params.seconds > 0 ? sql`held_by` : sql`null`}
    where project_id = ${params.projectId} and status = 'open' and held_by = ${params.memberId}`);
}

/** Open items by reason, and how many of them colleagues look at. */
export async function countOpenReview(db: Db, params: { projectId: string; memberId: string }) {
  const rows = await execute(
    db,
    sql`
    select reason, count(*)::int as open, (count(*) filter (where held_until > now()
      and held_by <> ${params.memberId}))::int as held
    from ${reviewItem} where project_id = ${params.projectId} and status = 'open' group by reason`,
    { reason: oneOf(...REVIEW_REASONS), open: number, held: number },
  );
  return rows;
}

/** Reasons that any human answer settles. A suspect label or a disagreement needs a look of its own. */
const SETTLED_BY_ANY: readonly ReviewReason[] = ['uncertain', 'rare-class', 'audit', 'flip'];

/**
 * Does a decision on the image answer this open item: the one it was made for, or one that any human answer settles?
 */
export const isAnswered = (
  item: { id: string; reason: ReviewReason },
  decision: { reviewItemId: string | null; kind: 'decide' | 'skip' },
): boolean => item.id === decision.reviewItemId || (decision.kind === 'decide' && SETTLED_BY_ANY.includes(item.reason));

/**
 * Marks items that are still open as answered by this decision. One that was closed meanwhile stays closed; the
 * decision stands all the same.
 */
export async function answerReviewItems(
  db: Db,
  params: { itemIds: readonly string[]; memberId: string; annotationId: string; skipped: boolean },
): Promise<{ id: string; guessClassId: string | null }[]> {
  const rows = await db
    .update(reviewItem)
    .set({
      status: params.skipped ? 'skipped' : 'answered',
      answeredBy: params.memberId,
      annotationId: params.annotationId,
      answeredAt: sql`now()`,
      heldBy: null,
      heldUntil: null,
    })
    .where(and(inArray(reviewItem.id, [...params.itemIds]), eq(reviewItem.status, 'open')))
    .returning({ id: reviewItem.id, guessClassId: reviewItem.guessClassId, roundId: reviewItem.roundId });
  if (!params.skipped)
    await addReviewed(
      db,
      rows.map((row) => row.roundId),
      1,
    );
  return rows;
}

/** Opens items again after the decision that answered them was taken back, held by the same member. */
export async function reopenReviewItems(db: Db, params: { annotationId: string; memberId: string }): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    with before as (select id, status from ${reviewItem} where annotation_id = ${params.annotationId}
      and answered_by = ${params.memberId} for update)
    update ${reviewItem} r set status = 'open', answered_by = null, annotation_id = null, answered_at = null,
      held_by = ${params.memberId},
      held_until = now() + make_interval(secs => ${REVIEW_HOLD_SECONDS})
    from before where r.id = before.id and before.status in ('answered', 'skipped')
    returning r.id, r.round_id as "roundId", before.status`,
    { id: text, roundId: text, status: text },
  );
  await addReviewed(
    db,
    rows.filter((row) => row.status === 'answered').map((row) => row.roundId),
    -1,
  );
  return rows.map((row) => row.id);
}

/** In the order of ids, so that two writers never wait crosswise. */
async function addReviewed(db: Db, roundIds: readonly string[], by: 1 | -1): Promise<void> {
  for (const roundId of [...roundIds].sort())
    await db
      .update(round)
      .set({ reviewed: sql`greatest(${round.reviewed} + ${by}, 0)` })
      .where(eq(round.id, roundId));
}

/** Images on which people do not agree, each with who said what; keyset by id. */
export async function listDisputed(db: Db, params: { projectId: string; after?: string | null; limit: number }) {
  const rows = await db
    .select({
      id: image.id,
      fileName: image.fileName,
      width: image.width,
      height: image.height,
      flagged: image.flagged,
    })
    .from(image)
    .where(
      and(
        eq(image.projectId, params.projectId),
        inArray(image.split, SPLITS),
        eq(image.consensusState, 'disputed'),
        params.after ? gt(image.id, params.after) : undefined,
      ),
    )
    .orderBy(asc(image.id))
    .limit(params.limit);
  const annotations = await listLiveAnnotations(
    db,
    rows.map((row) => row.id),
  );
  const names = await db
    .select({ memberId: member.id, name: user.name })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(inArray(member.id, [...new Set(annotations.map((row) => row.memberId))]));
  const nameOf = new Map(names.map((row) => [row.memberId, row.name]));
  return rows.map((row) => ({
    ...row,
    votes: annotations
      .filter((annotation) => annotation.imageId === row.id && annotation.kind === 'decide')
      .map((annotation) => ({
        memberId: annotation.memberId,
        name: nameOf.get(annotation.memberId) ?? 'A member',
        classIds: annotation.classIds ?? [],
      })),
  }));
}

/**
 * A member's answers in review between two times, as Postgres writes them: how many, and in how many they said
 * something else than the model.
 */
export async function countAnswers(db: Db, params: { projectId: string; memberId: string; from: string; to: string }) {
  const rows = await execute(
    db,
    sql`
    select count(*)::int as answers, (count(*) filter (where a.class_id <> r.guess_class_id))::int as fixes
    from ${reviewItem} r join ${annotation} a on a.id = r.annotation_id and a.kind = 'decide'
    where r.project_id = ${params.projectId} and r.answered_by = ${params.memberId} and r.status = 'answered'
      and r.answered_at > ${params.from}::timestamptz and r.answered_at <= ${params.to}::timestamptz`,
    { answers: number, fixes: number },
  );
  return rows[0] ?? { answers: 0, fixes: 0 };
}

/**
 * The newest student round whose pseudo-labels are chosen, with the student round before it in the same run, and how
 * their pseudo-labels differ: another class, newly accepted, no longer accepted.
 */
export async function findPseudoChange(db: Db, params: { projectId: string }) {
  const rows = await execute(
    db,
    sql`
    with chosen as (
      select r.id, r.run_id, r.index, r.started_at, u.number from round r join run u on u.id = r.run_id
      where u.project_id = ${params.projectId} and r.role = 'student' and r.started_at is not null
        and exists (select 1 from pseudo_label p where p.round_id = r.id)
      order by r.started_at desc limit 1
    ),
    earlier as (
      select r.id, r.started_at from round r join chosen c on c.run_id = r.run_id
      where r.role = 'student' and r.index < c.index and exists (select 1 from pseudo_label p where p.round_id = r.id)
      order by r.index desc limit 1
    ),
    pair as (
      select n.class_index as now_class, o.class_index as then_class from
        (select image_id, class_index from pseudo_label where round_id = (select id from chosen)) n
        full join (select image_id, class_index from pseudo_label where round_id = (select id from earlier)) o
          on o.image_id = n.image_id
    )
    select chosen.id as "roundId", chosen.index as "roundIndex", chosen.number as "runNumber",
      chosen.started_at as "chosenAt", earlier.started_at as "earlierAt",
      (select count(*)::int from pair where now_class <> then_class) as changed,
      (select count(*)::int from pair where then_class is null) as gained,
      (select count(*)::int from pair where now_class is null) as lost
    from chosen join earlier on true`,
    {
      roundId: text,
      roundIndex: number,
      runNumber: number,
      chosenAt: text,
      earlierAt: text,
      changed: number,
      gained: number,
      lost: number,
    },
  );
  return rows[0] ?? null;
}
