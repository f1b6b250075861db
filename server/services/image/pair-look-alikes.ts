import { compareLikeness } from '#core/image/likeness.ts';
import type { Likeness } from '#core/image/likeness.ts';
import type { Split } from '#core/project/project.ts';
import type { Candidate } from '#db/queries/image/likeness.ts';

export interface Pair {
  /** Of validation or test. */
  imageId: string;
  /** Of the pool. */
  twinId: string;
  distance: number;
  difference: number;
}

type Alike = Candidate & { distance: number; difference: number };

/** Pairs kept of one image with each split: enough to see, however many frames of one film there are. */
const KEPT = 3;

/** Those of the candidates that look like it, the most alike first. */
export function sortAlike(likeness: Likeness, candidates: readonly Candidate[]): Alike[] {
  const alike = candidates.flatMap((candidate) => {
    const apart = compareLikeness(likeness, candidate);
    return apart ? [{ ...candidate, ...apart }] : [];
  });
  return alike.sort(
    (a, b) => a.difference - b.difference || a.distance - b.distance || (a.imageId < b.imageId ? -1 : 1),
  );
}

/**
 * The pairs that an image makes with those of the other side of the line between learning and measuring, its nearest in
 * each split.
 */
export function pairAcross(image: { imageId: string; split: Split }, alike: readonly Alike[]): Pair[] {
  const others = image.split === 'pool' ? (['validation', 'test'] as const) : (['pool'] as const);
  return others
    .flatMap((other) => alike.filter(({ split }) => split === other).slice(0, KEPT))
    .map(({ imageId, distance, difference }) => ({
      ...(image.split === 'pool' ? { imageId, twinId: image.imageId } : { imageId: image.imageId, twinId: imageId }),
      distance,
      difference,
    }));
}
