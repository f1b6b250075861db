import { and, eq, sql } from 'drizzle-orm';
import { PICKED_PRIORITY } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { reviewItem, round, run } from '../../schema/index.ts';
import { findBestRound } from '../round/map-round.ts';
import { insertReviewItems, notifyArrived } from './review-write.ts';
import { listUncertainApart } from './uncertain-apart.ts';

/** Reasons that only mean "this model does not know": a better model knows, or asks again itself. */
const ASKED_BY_MODEL = sql`${reviewItem.reason} in ('uncertain', 'rare-class', 'flip')`;

/**
 * The model that stands best asks what it does not know, and what other, weaker models asked is closed, unless somebody
 * holds it or its run still works (REVIEW-11). Audits and suspect labels stay: their worth does not hang on the model;
 * what a lead picked stays until it is answered.
 * @param limit questions of the best model that should be open
 * @param runId a run that ends just now: it counts as ended
 */
export async function refillReview(db: Db, params: { projectId: string; runId: string; limit: number }): Promise<void> {
  const { projectId, runId, limit } = params;
  const best = await findBestRound(db, { projectId });
  if (!best) return;
  const closed = await db.execute(sql`
    update ${reviewItem} set status = 'closed'
    where ${reviewItem.projectId} = ${projectId} and ${reviewItem.status} = 'open' and ${ASKED_BY_MODEL}
      and ${reviewItem.roundId} <> ${best.id} and ${reviewItem.priority} < ${PICKED_PRIORITY}
      and (${reviewItem.heldUntil} is null or ${reviewItem.heldUntil} < now())
      and (${reviewItem.runId} = ${runId} or exists (select 1 from ${run} u where u.id = ${reviewItem.runId}
        and u.status in ('finished', 'cancelled', 'failed')))`);
  const waiting = await db
    .select({ imageId: reviewItem.imageId, roundId: reviewItem.roundId, priority: reviewItem.priority })
    .from(reviewItem)
    .where(and(eq(reviewItem.projectId, projectId), eq(reviewItem.status, 'open')));
  const wanted =
    limit - waiting.filter(({ roundId, priority }) => roundId === best.id && priority < PICKED_PRIORITY).length;
  const held = new Set(waiting.map(({ imageId }) => imageId));
  const candidates =
    wanted > 0 ? await listUncertainApart(db, { projectId, roundId: best.id, limit: wanted, except: held }) : [];
  const [owner] = await db.select({ runId: round.runId }).from(round).where(eq(round.id, best.id));
  if (!owner) return;
  const about = { projectId, runId: owner.runId, reason: 'uncertain' as const };
  const itemIds = await insertReviewItems(db, {
    ...about,
    roundId: best.id,
    classIds: best.classIds,
    drawProbability: null,
    candidates,
  });
  // Pages count anew when something arrives, also where it only took the place of what was closed.
  if (itemIds.length > 0 || (closed.rowCount ?? 0) > 0) await notifyArrived(db, { ...about, itemIds });
}
