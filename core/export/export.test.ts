import { expect, it } from 'vitest';
import type { ExportedImage } from '../formats/types.ts';
import { LABEL_FORMATS, writeLabelFile } from './export.ts';

const ROWS = 5000;

function* drawImages(): Generator<ExportedImage> {
  for (let at = 0; at < ROWS; at += 1)
    yield {
      imageId: `image-${at}`,
      fileName: `photos/${at}.png`,
      width: 8,
      height: 8,
      split: 'pool',
      labels: [{ className: 'cat', annotator: null, time: '2026-01-01', source: { kind: 'consensus' } }],
      tags: [],
    };
}

it('FORMAT-31 thousands of rows leave in a few pieces, each of bounded length, and none is lost', async () => {
  const [file] = LABEL_FORMATS.csv.files;
  if (!file) throw new Error('CSV has one file');
  const context = {
    project: 'p',
    classes: ['cat'],
    annotators: false,
    bom: false,
    exportedAt: '2026-01-01',
    imageExtension: '.webp',
  };
  const pieces: string[] = [];
  for await (const piece of writeLabelFile(file, context, drawImages())) pieces.push(piece);
  expect(pieces.length).toBeLessThan(20);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2 ** 16 + 1000);
  expect(pieces.join('').trimEnd().split('\r\n')).toHaveLength(ROWS + 1);
});
