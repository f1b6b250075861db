import { can } from '#core/access.ts';
import type { Db } from '#db/client.ts';
import { listHistory } from '#db/queries/annotation.ts';
import { getImage } from '#db/queries/image.ts';
import type { Actor } from '../../context.ts';

/** To whom check answers, and what colleagues said before one has answered oneself, stay hidden: everybody but leads (ACCESS-10). */
export const blindMember = (actor: Actor): string | null => (can(actor.role, 'annotation:adjudicate') ? null : actor.memberId);

/** An image with everything that was ever said about it, as far as the asking member may see it by now. */
export async function readImage(db: Db, actor: Actor, params: { projectId: string; imageId: string }) {
  const [image, history] = await Promise.all([getImage(db, params.projectId, params.imageId), listHistory(db, params)]);
  const blind = blindMember(actor);
  if (blind === null) return { image, history };
  const isAsked = image.goldClassId !== null || image.consensusState === 'partial' || image.consensusState === 'disputed';
  const own = history.filter(({ memberId }) => memberId === blind);
  const shown = { ...image, goldClassId: null };
  if (!isAsked || own.some(({ kind }) => kind === 'decide')) return { image: shown, history };
  return { image: { ...shown, consensusState: 'none' as const, consensusClassId: null, judgmentCount: 0, extraWanted: 0, need: 0 }, history: own };
}
