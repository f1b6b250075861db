import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SPLITS } from '../project/project.ts';
import { diffSnapshots, type SnapshotEntry } from './snapshots.ts';

const entry = (imageId: string, classId: string, split: SnapshotEntry['split'] = 'pool'): SnapshotEntry => ({
  imageId,
  classId,
  split,
});

async function* read(entries: readonly SnapshotEntry[]): AsyncGenerator<SnapshotEntry> {
  yield* entries;
}

test('FORMAT-30 names what was added, removed, changed and moved, and counts by class', async () => {
  const [before, after] = [
    [entry('a', 'cat'), entry('b', 'cat'), entry('c', 'dog'), entry('d', 'dog')],
    [entry('a', 'cat'), entry('b', 'dog'), entry('d', 'dog', 'test'), entry('e', 'cat'), entry('f', 'cat')],
  ];
  const all = {
    totals: { added: 2, removed: 1, changed: 1, moved: 1, unchanged: 1 },
    counts: { cat: { before: 2, after: 3 }, dog: { before: 2, after: 2 } },
    added: [entry('e', 'cat'), entry('f', 'cat')],
    removed: [entry('c', 'dog')],
    changed: [{ imageId: 'b', from: 'cat', to: 'dog' }],
    moved: [{ imageId: 'd', from: 'pool', to: 'test' }],
  };
  expect(await diffSnapshots(read(before), read(after), 10)).toEqual(all);
  expect(await diffSnapshots(read(before), read(after), 1)).toEqual({ ...all, added: [entry('e', 'cat')] });
});

test('FORMAT-30 every image of either side is told once, and backwards tells the opposite', async () => {
  const snapshot = fc
    .uniqueArray(
      fc.record({
        imageId: fc.constantFrom(...'abcdefgh'),
        classId: fc.constantFrom('x', 'y'),
        split: fc.constantFrom(...SPLITS),
      }),
      { selector: (one) => one.imageId },
    )
    .map((entries) => entries.sort((a, b) => (a.imageId < b.imageId ? -1 : 1)));
  await fc.assert(
    fc.asyncProperty(snapshot, snapshot, async (before, after) => {
      const diff = await diffSnapshots(read(before), read(after), 8);
      const union = new Set([...before, ...after].map((one) => one.imageId));
      const { added, removed, changed, moved, unchanged } = diff.totals;
      expect(added + removed + changed + moved + unchanged).toBe(union.size);
      const back = await diffSnapshots(read(after), read(before), 8);
      expect(back.added).toEqual(diff.removed);
      expect(back.changed.map(({ imageId, from, to }) => ({ imageId, from: to, to: from }))).toEqual(diff.changed);
    }),
  );
});
