import type { z } from 'zod';
import type { claimReview as schema } from '#core/schemas/labeling.ts';
import type { Db } from '#db/client.ts';
import { claimReviewItems, countOpenReview, listReviewItemsById } from '#db/queries/review/review.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { findClaimStop } from '../labeling/claim-images.ts';
import type { ClaimEnd } from '../labeling/claim-images.ts';
import { findHiddenGuesses, readGuess } from '../labeling/guess.ts';

type Project = typeof projectTable.$inferSelect;

/** Takes the next review items for a member. The guess travels only where the settings show it before the answer. */
export async function claimReview({ db }: { db: Db }, actor: Actor, project: Project, input: z.infer<typeof schema>) {
  const who = { projectId: project.id, memberId: actor.memberId };
  const stop = await findClaimStop(db, actor, project);
  if (stop) return { items: [], end: stop };
  const ids = await claimReviewItems(db, { ...who, ...input });
  const rows = await listReviewItemsById(db, project.id, ids);
  const hidden = await findHiddenGuesses(
    db,
    project,
    rows.map((row) => row.imageId),
  );
  const items = rows.map((row) => {
    const { id, imageId, reason, fileName, width, height, flagged, runNumber, round, fromPool } = row;
    return {
      id,
      imageId,
      reason,
      fileName,
      width,
      height,
      flagged,
      runNumber,
      round,
      fromPool,
      guess: hidden.has(imageId) ? null : readGuess(row),
    };
  });
  if (items.length > 0) return { items, end: null };
  const held = (await countOpenReview(db, who))
    .filter(({ reason }) => input.reasons.length === 0 || input.reasons.includes(reason))
    .reduce((sum, row) => sum + row.held, 0);
  return { items, end: (held > 0 ? { reason: 'held', count: held } : { reason: 'done' }) satisfies ClaimEnd };
}
