import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SPLITS } from './project.ts';
import { diffSnapshots, type SnapshotEntry } from './snapshots.ts';

const entry = (imageId: string, classId: string, split: SnapshotEntry['split'] = 'pool'): SnapshotEntry => ({ imageId, classId, split });

test('FORMAT-30 names what was added, removed, changed and moved, and counts by class', () => {
  const diff = diffSnapshots([entry('a', 'cat'), entry('b', 'cat'), entry('c', 'dog'), entry('d', 'dog')], [entry('e', 'cat'), entry('d', 'dog', 'test'), entry('b', 'dog'), entry('a', 'cat')]);
  expect(diff).toEqual({
    added: [entry('e', 'cat')], removed: [entry('c', 'dog')], changed: [{ imageId: 'b', from: 'cat', to: 'dog' }],
    moved: [{ imageId: 'd', from: 'pool', to: 'test' }], unchanged: 1, counts: { cat: { before: 2, after: 2 }, dog: { before: 2, after: 2 } },
  });
});

test('FORMAT-30 every image of either side is told once, and backwards tells the opposite', () => {
  const snapshot = fc.uniqueArray(fc.record({ imageId: fc.constantFrom(...'abcdefgh'), classId: fc.constantFrom('x', 'y'), split: fc.constantFrom(...SPLITS) }), { selector: (one) => one.imageId });
  fc.assert(fc.property(snapshot, snapshot, (before, after) => {
    const diff = diffSnapshots(before, after);
    const union = new Set([...before, ...after].map((one) => one.imageId));
    expect(diff.added.length + diff.removed.length + diff.changed.length + diff.moved.length + diff.unchanged).toBe(union.size);
    const back = diffSnapshots(after, before);
    expect(back.added).toEqual(diff.removed);
    expect(back.changed.map(({ imageId, from, to }) => ({ imageId, from: to, to: from }))).toEqual(diff.changed);
  }));
});
