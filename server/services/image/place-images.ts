import { randomUUID } from 'node:crypto';
import type { Likeness } from '#core/image/likeness.ts';
import type { ProjectSettings, Split } from '#core/project/project.ts';
import { drawSplit, GROUP_MOST, isDrawable } from '#core/project/splits.ts';
import type { Db } from '#db/client.ts';
import { listCandidates } from '#db/queries/image/likeness.ts';
import type { Candidate } from '#db/queries/image/likeness.ts';
import { pairAcross, sortAlike } from './pair-look-alikes.ts';
import type { Pair } from './pair-look-alikes.ts';

export interface NewImage {
  contentHash: string;
  likeness: Likeness | null;
  /** Split that the data names for it. */
  named: Split | null;
}

export interface Place {
  id: string;
  split: Split;
  /** The first of the images that it followed into its split; null when it was drawn itself. */
  followed: string | null;
  /** With images that were there before it, between the pool and a held-out split. */
  pairs: Pair[];
}

/**
 * Where each new image goes, in their order. One that looks like earlier ones follows the most alike whose split the
 * draw could give it too, while that one's group has room; all others are drawn. Call it under `lockLikenesses`.
 */
export async function placeImages(
  db: Db,
  target: {
    projectId: string;
    seed: number | string;
    settings: Pick<ProjectSettings, 'validationShare' | 'testShare'>;
  },
  images: readonly NewImage[],
): Promise<Place[]> {
  const stored = await listCandidates(db, {
    projectId: target.projectId,
    hashes: images.map(({ likeness }) => likeness?.hash ?? null),
  });
  const beside: Candidate[] = [];
  /** Images of this batch by the group that they joined. */
  const joined = new Map<string, number>();
  return images.map(({ contentHash, likeness, named }, position) => {
    const draw = { named, ...target.settings };
    const alike = likeness ? sortAlike(likeness, [...(stored[position] ?? []), ...beside]) : [];
    const leader = alike.find(
      ({ split, group, groupSize }) => isDrawable(split, draw) && groupSize + (joined.get(group) ?? 0) < GROUP_MOST,
    );
    if (leader) joined.set(leader.group, (joined.get(leader.group) ?? 0) + 1);
    const id = randomUUID();
    const split = leader?.split ?? drawSplit({ seed: target.seed, contentHash, ...draw });
    const followed = leader?.group ?? null;
    if (likeness)
      beside.push({ ...likeness, imageId: id, split, group: followed ?? id, groupSize: leader?.groupSize ?? 1 });
    return { id, split, followed, pairs: pairAcross({ imageId: id, split }, alike) };
  });
}
