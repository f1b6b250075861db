import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { ModelName } from '#core/chain/models.ts';
import type { Standings } from '#core/round/verdict.ts';
import type { Verdict, RoundRole, TrainPoint } from '#core/run/learning.ts';
import { must } from '#core/must.ts';
import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import type { Db } from '../../client.ts';
import { image, pseudoLabel, reviewItem, round, roundLabel, roundPoint, suspectLabel } from '../../schema/index.ts';
import { execute, number } from '../../execute.ts';

/** Rows that one statement carries as arrays; far below what a statement may hold. */
const CHUNK = 10_000;

/** The round of a run at this place, made when it is not there yet. */
export async function ensureRound(
  db: Db,
  row: {
    runId: string;
    index: number;
    role: RoundRole;
    member: number;
    model: ModelName | 'backbone-head';
    seed: number;
    teacherRoundId: string | null;
  },
) {
  await db
    .insert(round)
    .values(row)
    .onConflictDoNothing({ target: [round.runId, round.index, round.role, round.member] });
  const found = await db
    .select()
    .from(round)
    .where(
      and(
        eq(round.runId, row.runId),
        eq(round.index, row.index),
        eq(round.role, row.role),
        eq(round.member, row.member),
      ),
    );
  return must(found, 0, 'round');
}

export type RoundState = typeof round.$inferSelect;

export async function getRoundState(db: Db, roundId: string): Promise<RoundState> {
  return must(await db.select().from(round).where(eq(round.id, roundId)), 0, 'round');
}

export const listRoundStates = (db: Db, runId: string): Promise<RoundState[]> =>
  db
    .select()
    .from(round)
    .where(eq(round.runId, runId))
    .orderBy(asc(round.index), sql`${round.role} = 'control'`, asc(round.member));

export async function setRound(db: Db, roundId: string, set: Partial<typeof round.$inferInsert>): Promise<void> {
  await db.update(round).set(set).where(eq(round.id, roundId));
}

/** The judge's word, unless a person has spoken first. */
export async function setVerdict(
  db: Db,
  roundId: string,
  judged: { verdict: Verdict | null; reason: Said | null; standings: Standings | null },
): Promise<void> {
  await db
    .update(round)
    .set({
      verdict: judged.verdict,
      verdictReason: judged.reason && inEnglish(judged.reason),
      verdictSaid: judged.reason && [judged.reason],
      standings: judged.standings,
      rolledBackAt: judged.verdict === 'roll-back' ? sql`now()` : null,
    })
    .where(and(eq(round.id, roundId), isNull(round.decidedBy)));
}

/**
 * Freezes the human answers that a round trains on: every resolved pool image. Returns what stands frozen, as
 * listRoundLabels.
 */
export async function freezeLabels(
  db: Db,
  params: { roundId: string; projectId: string; classIds: readonly string[] },
) {
  await db.execute(sql`
    insert into round_label (round_id, image_id, class_id)
    select ${params.roundId}, i.id, i.consensus_class_id from image i
    where i.project_id = ${params.projectId} and i.split = 'pool' and i.consensus_state in ('agreed', 'adjudicated')
      and i.consensus_class_id = any(${sql.param([...params.classIds])}::uuid[])
    on conflict do nothing`);
  return listRoundLabels(db, params.roundId);
}

/** What a round's human labels are, in the order of the images' content (LEARN-10). */
export const listRoundLabels = (db: Db, roundId: string) =>
  db
    .select({ imageId: roundLabel.imageId, classId: roundLabel.classId })
    .from(roundLabel)
    .innerJoin(image, eq(image.id, roundLabel.imageId))
    .where(eq(roundLabel.roundId, roundId))
    .orderBy(asc(image.contentHash));

export interface PseudoLabelRow {
  imageId: string;
  classIndex: number;
  confidence: number;
  copies: number;
}

export async function insertPseudoLabels(db: Db, roundId: string, rows: readonly PseudoLabelRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += CHUNK) {
    const some = rows.slice(start, start + CHUNK);
    await db.execute(sql`
      insert into pseudo_label (round_id, image_id, class_index, confidence, copies)
      select ${roundId}, * from unnest(
        ${sql.param(some.map((row) => row.imageId))}::uuid[], ${sql.param(some.map((row) => row.classIndex))}::int[],
        ${sql.param(some.map((row) => row.confidence))}::real[], ${sql.param(some.map((row) => row.copies))}::int[])
      on conflict do nothing`);
  }
}

export interface SuspectRow {
  imageId: string;
  classIndex: number;
  confidence: number;
  margin: number;
}

/** Stores what a round doubts of its human labels; a second try stores the same. */
export async function insertSuspects(db: Db, roundId: string, rows: readonly SuspectRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += CHUNK) {
    await db
      .insert(suspectLabel)
      .values(rows.slice(start, start + CHUNK).map((row) => ({ roundId, ...row })))
      .onConflictDoNothing();
  }
}

/** How many of the labels that a round doubts people were asked about; null when it has stored none. */
export async function countAskedSuspects(db: Db, roundId: string): Promise<number | null> {
  const rows = await execute(
    db,
    sql`
    select (select count(*) from ${reviewItem} where round_id = ${roundId} and reason = 'suspect-label')::int as n
    where exists (select 1 from ${suspectLabel} where round_id = ${roundId})`,
    { n: number },
  );
  return rows[0]?.n ?? null;
}

/** A round's pseudo-labels, in the order of the images' content (LEARN-10). */
export const listPseudoLabels = (db: Db, roundId: string): Promise<PseudoLabelRow[]> =>
  db
    .select({
      imageId: pseudoLabel.imageId,
      classIndex: pseudoLabel.classIndex,
      confidence: pseudoLabel.confidence,
      copies: pseudoLabel.copies,
    })
    .from(pseudoLabel)
    .innerJoin(image, eq(image.id, pseudoLabel.imageId))
    .where(eq(pseudoLabel.roundId, roundId))
    .orderBy(asc(image.contentHash));

/** Adds points of the curve; a point measured again after a resume replaces the one that was lost with its weights. */
export async function insertPoints(db: Db, roundId: string, points: readonly TrainPoint[]): Promise<void> {
  if (points.length === 0) return;
  await db
    .insert(roundPoint)
    .values(points.map(({ steps: _steps, ...point }) => ({ roundId, ...point })))
    .onConflictDoUpdate({
      target: [roundPoint.roundId, roundPoint.step],
      set: {
        lossLabeled: sql`excluded.loss_labeled`,
        lossPseudo: sql`excluded.loss_pseudo`,
        learningRate: sql`excluded.learning_rate`,
        imagesPerSecond: sql`excluded.images_per_second`,
        valAccuracy: sql`excluded.val_accuracy`,
      },
    });
}

/** Review items of a round: still open, and settled in any way. */
export async function countRoundReview(db: Db, roundId: string): Promise<{ open: number; settled: number }> {
  const rows = await execute(
    db,
    sql`
    select (count(*) filter (where status = 'open'))::int as open, (count(*) filter (where status <> 'open'))::int as
      settled
    from review_item where round_id = ${roundId}`,
    { open: number, settled: number },
  );
  return rows[0] ?? { open: 0, settled: 0 };
}
