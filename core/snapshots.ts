import type { Split } from './project.ts';

/** What a snapshot says of one image. */
export interface SnapshotEntry {
  imageId: string;
  classId: string;
  split: Split;
}

export interface SnapshotDiff {
  added: SnapshotEntry[];
  removed: SnapshotEntry[];
  /** Another class than before. */
  changed: { imageId: string; from: string; to: string }[];
  /** The same class in another split. */
  moved: { imageId: string; from: Split; to: Split }[];
  unchanged: number;
  /** Images by class id, before and after. */
  counts: Record<string, { before: number; after: number }>;
}

/** What changed from one snapshot to another, in order of image id. Each holds an image at most once. */
export function diffSnapshots(before: readonly SnapshotEntry[], after: readonly SnapshotEntry[]): SnapshotDiff {
  const old = new Map(before.map((entry) => [entry.imageId, entry]));
  const diff: SnapshotDiff = { added: [], removed: [], changed: [], moved: [], unchanged: 0, counts: {} };
  const count = (classId: string, side: 'before' | 'after'): void => {
    const counts = (diff.counts[classId] ??= { before: 0, after: 0 });
    counts[side] += 1;
  };
  for (const entry of before) count(entry.classId, 'before');
  for (const entry of after) {
    count(entry.classId, 'after');
    const was = old.get(entry.imageId);
    old.delete(entry.imageId);
    if (was === undefined) diff.added.push(entry);
    else if (was.classId !== entry.classId) diff.changed.push({ imageId: entry.imageId, from: was.classId, to: entry.classId });
    else if (was.split !== entry.split) diff.moved.push({ imageId: entry.imageId, from: was.split, to: entry.split });
    else diff.unchanged += 1;
  }
  diff.removed.push(...old.values());
  const byId = (a: { imageId: string }, b: { imageId: string }): number => (a.imageId < b.imageId ? -1 : 1);
  for (const list of [diff.added, diff.removed, diff.changed, diff.moved]) list.sort(byId);
  return diff;
}
