import type { Split } from '../project/project.ts';

/** What a snapshot says of one image. */
export interface SnapshotEntry {
  imageId: string;
  classId: string;
  split: Split;
}

export interface SnapshotDiff {
  totals: { added: number; removed: number; changed: number; moved: number; unchanged: number };
  /** Images by class id, before and after. */
  counts: Record<string, { before: number; after: number }>;
  /** The first of each kind, in order of image id. */
  added: SnapshotEntry[];
  removed: SnapshotEntry[];
  /** Another class than before. */
  changed: { imageId: string; from: string; to: string }[];
  /** The same class in another split. */
  moved: { imageId: string; from: Split; to: Split }[];
}

/**
 * What changed from one snapshot to another. Both come in order of image id, each image at most once, and are read side
 * by side: of two snapshots of a million images no more than two entries and `shown` of each kind are held.
 */
export async function diffSnapshots(
  before: AsyncIterable<SnapshotEntry>,
  after: AsyncIterable<SnapshotEntry>,
  shown: number,
): Promise<SnapshotDiff> {
  const diff: SnapshotDiff = {
    totals: { added: 0, removed: 0, changed: 0, moved: 0, unchanged: 0 },
    counts: {},
    added: [],
    removed: [],
    changed: [],
    moved: [],
  };
  const tell = <K extends 'added' | 'removed' | 'changed' | 'moved'>(kind: K, item: SnapshotDiff[K][number]): void => {
    diff.totals[kind] += 1;
    const list: SnapshotDiff[K][number][] = diff[kind];
    if (list.length < shown) list.push(item);
  };
  const open = (entries: AsyncIterable<SnapshotEntry>, side: 'before' | 'after') => {
    const iterator = entries[Symbol.asyncIterator]();
    return async (): Promise<SnapshotEntry | null> => {
      const { done, value } = await iterator.next();
      if (done) return null;
      (diff.counts[value.classId] ??= { before: 0, after: 0 })[side] += 1;
      return value;
    };
  };
  const [nextOld, nextNew] = [open(before, 'before'), open(after, 'after')];
  let [was, is] = [await nextOld(), await nextNew()];
  while (was !== null || is !== null) {
    if (is === null || (was !== null && was.imageId < is.imageId)) {
      if (was !== null) tell('removed', was);
      was = await nextOld();
    } else if (was === null || is.imageId < was.imageId) {
      tell('added', is);
      is = await nextNew();
    } else {
      if (was.classId !== is.classId) tell('changed', { imageId: is.imageId, from: was.classId, to: is.classId });
      else if (was.split !== is.split) tell('moved', { imageId: is.imageId, from: was.split, to: is.split });
      else diff.totals.unchanged += 1;
      [was, is] = [await nextOld(), await nextNew()];
    }
  }
  return diff;
}
