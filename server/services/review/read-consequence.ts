import type { Db } from '#db/client.ts';
import { countAnswers, findPseudoChange } from '#db/queries/review/review.ts';

/**
 * What a member's answers led to: how many they gave before the newest student chose its pseudo-labels (since the
 * student before it), in how many they corrected the model, and how the pseudo-labels differ. Null until two students
 * of one run have chosen.
 */
export async function readConsequence(db: Db, params: { projectId: string; memberId: string }) {
  const change = await findPseudoChange(db, params);
  if (!change) return null;
  const mine = await countAnswers(db, { ...params, from: change.earlierAt, to: change.chosenAt });
  const { runNumber, roundIndex, changed, gained, lost } = change;
  return { ...mine, runNumber, roundIndex, changed, gained, lost };
}
