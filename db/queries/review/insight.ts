import { and, count, desc, eq, inArray, sql } from 'drizzle-orm';
import { AUDIT_WEIGHT } from '#core/run/learning.ts';
import type { ReviewReason } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { annotation, image, reviewItem, round, run } from '../../schema/index.ts';
import { answersUnseen, guessUnseen } from '../blind.ts';
import type { Blind } from '../blind.ts';
import { execute, nullable, number, text } from '../../execute.ts';

/** The answer that closed an item, when it is a decision. */
const answered = and(eq(annotation.id, reviewItem.annotationId), eq(annotation.kind, 'decide'));

/**
 * Drawn from the whole pool by the trainer, while it scored the round. What a lead has drawn from accepted
 * pseudo-labels later is surer by choice: it needs a student, whose row is older than the item.
 */
export const fromPool = sql<boolean>`not exists (select 1 from round s where s.teacher_round_id = ${reviewItem.roundId}
  and s.created_at <= ${reviewItem.createdAt})`;

/**
 * A student took the guess for a target; or it would have, had the answer not come before its labels were frozen: the
 * guess is above the student's threshold.
 */
const accepted = sql<boolean>`exists (
  select 1 from round s
  left join pseudo_label l on l.round_id = s.id and l.image_id = ${reviewItem.imageId}
  left join round_label h on h.round_id = s.id and h.image_id = ${reviewItem.imageId}
  where s.teacher_round_id = ${reviewItem.roundId} and s.role <> 'control'
    and (l.image_id is not null
      or h.image_id is not null and ${reviewItem.confidence} >=
        (s.metrics->'thresholds'->>${reviewItem.guessClassId}::text)::real))`;

/**
 * Audit items that people answered, by confidence bin, by whether a student took the guess for a target, and by whether
 * they were drawn from the whole pool: how many were drawn and on how many people agreed with the model. Both draws are
 * uniform, so the share among the accepted is an unbiased estimate of pseudo-label precision, and that among those from
 * the pool one of the model's; no other reason may be mixed in.
 */
export const countAudit = (db: Db, params: { roundIds: string[]; bins: number }) =>
  params.roundIds.length === 0
    ? Promise.resolve([])
    : db
        .select({
          roundId: reviewItem.roundId,
          classId: sql<string>`${reviewItem.guessClassId}`,
          bin: sql<number>`least(floor(${reviewItem.confidence} * ${params.bins}::int)::int, ${params.bins}::int - 1)`,
          accepted,
          fromPool,
          n: sql<number>`count(*)::int`,
          right: sql<number>`count(*) filter (where ${annotation.classId} = ${reviewItem.guessClassId})::int`,
        })
        .from(reviewItem)
        .innerJoin(annotation, answered)
        .where(
          and(
            inArray(reviewItem.roundId, params.roundIds),
            eq(reviewItem.reason, 'audit'),
            eq(reviewItem.status, 'answered'),
          ),
        )
        .groupBy(sql`1`, sql`2`, sql`3`, sql`4`, sql`5`)
        .orderBy(sql`3`);

/**
 * Of a round's audit items that were drawn from the whole pool: how many people answered, and in how many they agreed
 * with the model.
 */
export async function countPoolAudit(db: Db, roundId: string): Promise<{ total: number; correct: number }> {
  const [row] = await db
    .select({
      total: sql<number>`count(*)::int`,
      correct: sql<number>`count(*) filter (where ${annotation.classId} = ${reviewItem.guessClassId})::int`,
    })
    .from(reviewItem)
    .innerJoin(annotation, answered)
    .where(
      and(eq(reviewItem.roundId, roundId), eq(reviewItem.reason, 'audit'), eq(reviewItem.status, 'answered'), fromPool),
    );
  return row ?? { total: 0, correct: 0 };
}

/** Answers to review items, by whether the guess was visible: in how many the person said what the model said. */
export const countAnchoring = (db: Db, params: { projectId: string }) =>
  db
    .select({
      guessShown: annotation.guessShown,
      n: sql<number>`count(*)::int`,
      agreed: sql<number>`count(*) filter (where ${annotation.classId} = coalesce(${annotation.guessClassId},
        ${reviewItem.guessClassId}))::int`,
      medianMs: sql<number | null>`percentile_cont(0.5) within group (order by ${annotation.durationMs})`,
    })
    .from(reviewItem)
    .innerJoin(annotation, answered)
    .where(
      and(
        eq(reviewItem.projectId, params.projectId),
        eq(reviewItem.status, 'answered'),
        sql`${reviewItem.guessClassId} is not null`,
      ),
    )
    .groupBy(annotation.guessShown);

/** Review items by reason and status, and how many answers differ from the model's guess. */
export const countReasons = (db: Db, params: { projectId: string }) =>
  db
    .select({
      reason: reviewItem.reason,
      status: reviewItem.status,
      n: sql<number>`count(*)::int`,
      changed: sql<number>`count(*) filter (where ${annotation.classId} <> ${reviewItem.guessClassId})::int`,
    })
    .from(reviewItem)
    .leftJoin(annotation, answered)
    .where(eq(reviewItem.projectId, params.projectId))
    .groupBy(reviewItem.reason, reviewItem.status);

/**
 * Items of one reason, the weightiest first, with what the model and people said, as far as a blind member may see it.
 */
export function listReviewItems(
  db: Db,
  params: { projectId: string; reason: ReviewReason; roundId?: string | null; limit: number; blind: Blind | null },
) {
  const hidden = guessUnseen(params.blind, image);
  const unseen = answersUnseen(params.blind, image);
  return db
    .select({
      id: reviewItem.id,
      imageId: reviewItem.imageId,
      fileName: image.fileName,
      status: reviewItem.status,
      guessClassId: sql<string | null>`case when not ${hidden} then ${reviewItem.guessClassId} end`,
      confidence: sql<number | null>`case when not ${hidden} then ${reviewItem.confidence} end`,
      guessHidden: sql<boolean>`${hidden}`,
      drawProbability: reviewItem.drawProbability,
      answerClassId: sql<string | null>`case when not ${unseen} then ${annotation.classId} end`,
      consensusClassId: sql<
        string | null
      >`case when ${image.consensusState} in ('agreed', 'adjudicated') and not ${unseen} then ${image.consensusClassId}
        end`,
      roundIndex: round.index,
      runNumber: run.number,
      createdAt: reviewItem.createdAt,
    })
    .from(reviewItem)
    .innerJoin(image, eq(image.id, reviewItem.imageId))
    .innerJoin(round, eq(round.id, reviewItem.roundId))
    .innerJoin(run, eq(run.id, reviewItem.runId))
    .leftJoin(annotation, answered)
    .where(
      and(
        eq(reviewItem.projectId, params.projectId),
        eq(reviewItem.reason, params.reason),
        params.roundId ? eq(reviewItem.roundId, params.roundId) : undefined,
      ),
    )
    .orderBy(desc(reviewItem.priority), desc(reviewItem.id))
    .limit(params.limit);
}

export interface ReviewCandidate extends Record<string, unknown> {
  imageId: string;
  classIndex: number;
  confidence: number;
  /** What it is asked by, across shards, reasons and rounds: higher is asked first. */
  priority: number;
}

const notYetSent = (roundId: string) =>
  sql`not exists (select 1 from review_item ri where ri.round_id = ${roundId} and ri.image_id = p.image_id)`;

/** So sure must a round be of another class to doubt a label that it has not learned. */
const SURE = 0.9;

/**
 * Human labels that were doubted when the round was made, and those given since that its own answer contradicts, the
 * clearest first. What it has learned it would only repeat, and what it asked about itself is answered already
 * (LEARN-7).
 */
export async function listSuspects(
  db: Db,
  params: { roundId: string; classIds: readonly string[]; limit: number },
): Promise<ReviewCandidate[]> {
  const rows = await execute(
    db,
    sql`
    with classes as materialized (select ${sql.param([...params.classIds])}::uuid[] as ids),
    p as (
      select image_id, class_index, confidence, margin from suspect_label where round_id = ${params.roundId}
      union all
      select p.image_id, p.class_index, p.confidence, p.confidence -
        coalesce(p.probabilities[array_position(classes.ids, i.consensus_class_id)], 0)
      from image i join prediction p on p.round_id = ${params.roundId} and p.image_id = i.id and p.confidence >= ${SURE}
        cross join classes
      where i.project_id = (select r.project_id from round d join run r on r.id = d.run_id
        where d.id = ${params.roundId})
        and i.consensus_state in ('agreed', 'adjudicated')
        and not exists (select 1 from round_label l where l.round_id = ${params.roundId} and l.image_id = i.id)
    )
    select p.image_id as "imageId", p.class_index as "classIndex", p.confidence, p.margin as priority
    from p cross join classes join image i on i.id = p.image_id and i.split = 'pool'
      and i.consensus_state in ('agreed', 'adjudicated')
    where i.consensus_class_id <> classes.ids[p.class_index + 1] and ${notYetSent(params.roundId)}
    order by p.margin desc, p.image_id limit ${params.limit}`,
    { imageId: text, classIndex: number, confidence: number, priority: number },
  );
  return rows;
}

/** Unlabeled pool images whose predicted class moved since another round of the same run, the surest first. */
export async function listFlipCandidates(
  db: Db,
  params: { roundId: string; otherRoundId: string; limit: number },
): Promise<ReviewCandidate[]> {
  const rows = await execute(
    db,
    sql`
    select p.image_id as "imageId", p.class_index as "classIndex", p.confidence, p.confidence as priority
    from prediction p
    join prediction e on e.image_id = p.image_id and e.round_id = ${params.otherRoundId}
      and e.class_index <> p.class_index
    join image i on i.id = p.image_id and i.split = 'pool' and i.consensus_state not in ('agreed', 'adjudicated')
    where p.round_id = ${params.roundId} and ${notYetSent(params.roundId)}
    order by p.confidence desc, p.image_id limit ${params.limit}`,
    { imageId: text, classIndex: number, confidence: number, priority: number },
  );
  return rows;
}

/** Unlabeled pool images that the round is least sure of. */
export async function listUncertain(db: Db, params: { roundId: string; limit: number }): Promise<ReviewCandidate[]> {
  const rows = await execute(
    db,
    sql`
    select p.image_id as "imageId", p.class_index as "classIndex", p.confidence, 1 - p.confidence as priority
    from prediction p
    join image i on i.id = p.image_id and i.split = 'pool' and i.consensus_state not in ('agreed', 'adjudicated')
    where p.round_id = ${params.roundId} and ${notYetSent(params.roundId)}
    order by p.confidence, p.image_id limit ${params.limit}`,
    { imageId: text, classIndex: number, confidence: number, priority: number },
  );
  return rows;
}

/**
 * A uniform draw from the pseudo-labels that a student round accepted and no queue of the teacher's round holds; `of`
 * is how many there were.
 */
export async function drawAudit(
  db: Db,
  params: { studentRoundId: string; teacherRoundId: string; limit: number },
): Promise<{ rows: ReviewCandidate[]; of: number }> {
  const rows = await execute(
    db,
    sql`
    with p as (
      select l.image_id, l.class_index, l.confidence
      from pseudo_label l
      join image i on i.id = l.image_id and i.split <> 'out' and i.consensus_state not in ('agreed', 'adjudicated')
      where l.round_id = ${params.studentRoundId}
    )
    select p.image_id as "imageId", p.class_index as "classIndex", p.confidence,
      ${AUDIT_WEIGHT}::real as priority, (count(*) over ())::int as of
    from p where ${notYetSent(params.teacherRoundId)}
    order by random() limit ${params.limit}`,
    { imageId: text, classIndex: number, confidence: number, priority: number, of: number },
  );
  return { rows, of: rows[0]?.of ?? 0 };
}

/** How fast people decide: the median of their last thousand timed decisions, ms; null before anybody was timed. */
export async function findMedianDecisionMs(db: Db, projectId: string): Promise<number | null> {
  const rows = await execute(
    db,
    sql`
    select percentile_cont(0.5) within group (order by duration_ms) as median
    from (select duration_ms from annotation where project_id = ${projectId} and kind = 'decide'
      and duration_ms is not null order by created_at desc limit 1000) last`,
    { median: nullable(number) },
  );
  return rows[0]?.median ?? null;
}

/** Review items of a project, or of one run, by status: what waits for people. */
export async function countReview(db: Db, of: { projectId: string } | { runId: string }) {
  const whose = 'runId' in of ? eq(reviewItem.runId, of.runId) : eq(reviewItem.projectId, of.projectId);
  const rows = await db
    .select({ status: reviewItem.status, n: count() })
    .from(reviewItem)
    .where(whose)
    .groupBy(reviewItem.status);
  return {
    open: 0,
    answered: 0,
    skipped: 0,
    closed: 0,
    ...Object.fromEntries(rows.map(({ status, n }) => [status, n])),
  };
}
