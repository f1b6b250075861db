import { expect, test } from 'vitest';
import type { ImportedRow } from '../formats/types.ts';
import { piecesOf } from './pieces.ts';

const row = (source: string, className: string) => ({ source, className }) as unknown as ImportedRow;

test('FORMAT-48 the rows of one image come in one piece, though its table is sorted by who answered', () => {
  const images = Array.from({ length: 25 }, (_, index) => `image-${index}`);
  const rows = ['ann', 'bob', 'cem'].flatMap((who) => images.map((source) => row(source, who)));
  const pieces = piecesOf(rows, 10);
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.flat()).toHaveLength(75);
  for (const source of images) {
    const holding = pieces.filter((piece) => piece.some((one) => one.source === source));
    expect(holding).toHaveLength(1);
    expect(holding[0]?.filter((one) => one.source === source)).toHaveLength(3);
  }
  expect(piecesOf([])).toEqual([]);
});
