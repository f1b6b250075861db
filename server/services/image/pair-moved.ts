import type { Split } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import { listCandidates, listLikenesses } from '#db/queries/image/likeness.ts';
import { insertLookAlikes } from '#db/queries/image/look-alike.ts';
import { pairAcross, sortAlike } from './pair-look-alikes.ts';

/** Images compared with the project in one statement. */
const CHUNK = 500;

/**
 * What came into a split may look like images on the other side of the line between learning and measuring. Call it
 * under `lockLikenesses`, once the images stand in their splits.
 */
export async function pairMoved(
  tx: Db,
  projectId: string,
  moved: readonly { id: string; split: Split }[],
): Promise<void> {
  for (let start = 0; start < moved.length; start += CHUNK) {
    const splits = new Map(moved.slice(start, start + CHUNK).map(({ id, split }) => [id, split]));
    const likenesses = await listLikenesses(tx, [...splits.keys()]);
    const candidates = await listCandidates(tx, { projectId, hashes: likenesses.map(({ hash }) => hash) });
    await insertLookAlikes(
      tx,
      likenesses.flatMap((likeness, position) => {
        const side = { imageId: likeness.imageId, split: splits.get(likeness.imageId) ?? 'pool' };
        return pairAcross(side, sortAlike(likeness, candidates[position] ?? [])).map((pair) => ({
          projectId,
          ...pair,
        }));
      }),
    );
  }
}
