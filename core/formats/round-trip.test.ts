import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { readTags } from '../image/tags.ts';
import { tidyName } from '../project/class-key.ts';
import { SPLITS } from '../project/project.ts';
import { EXPORT_FORMATS, LABEL_FORMATS, writeLabelFile, type ExportFormat } from '../export/export.ts';
import { isLabelFile, placeBeside, readLabelFile } from './import.ts';
import { createFileFinder } from './names.ts';
import type { ExportContext, ExportedImage, ExportedLabel, ImportedRow } from './types.ts';

const HARD = [
  'cat',
  'Cat',
  'a,b',
  'say "hi"',
  'two\nlines',
  '=1+1',
  '-',
  "'quoted",
  'naïve 猫 🐈',
  'a/b',
  'a\\b',
  '../up',
  'con',
  'train',
  'unlabeled',
  '__proto__',
  ' padded ',
];

const hardName = fc.oneof(
  fc.constantFrom(...HARD),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => name.trim() !== ''),
);
const label = (classes: readonly string[]): fc.Arbitrary<ExportedLabel> =>
  fc.oneof(
    fc.record({
      className: fc.constantFrom(...classes),
      source: fc.constant({ kind: 'person' as const }),
      annotator: hardName,
      time: fc.constant('2026-01-01T00:00:00.000Z'),
    }),
    fc.record({
      className: fc.constantFrom(...classes),
      source: fc.constant({ kind: 'consensus' as const }),
      annotator: fc.constant(null),
      time: fc.constant('2026-01-01T00:00:00.000Z'),
    }),
    fc.constantFrom(...classes).map((className) => ({
      className,
      annotator: null,
      time: '2026-01-01T00:00:00.000Z',
      source: { kind: 'round' as const, run: 'run, 1', round: 2, probabilities: { [className]: 0.75 } },
    })),
  );

/** As the database gives them: a consensus first, then people; a round's answer only where there is neither. */
const labelsOf = (classes: readonly string[]): fc.Arbitrary<ExportedLabel[]> =>
  fc.array(label(classes), { maxLength: 3 }).map((labels) => {
    const consensus = labels.filter(({ source }) => source.kind === 'consensus').slice(0, 1);
    const said = [...consensus, ...labels.filter(({ source }) => source.kind === 'person')];
    return said.length > 0 ? said : labels.slice(0, 1);
  });

const hardTag = fc
  .oneof(fc.constantFrom('night', 'a; b', 'x, "y"', '=1', '"'), fc.string({ unit: 'grapheme', maxLength: 20 }))
  .map((tag) => readTags([tag])[0] ?? 'tag');

/** Classes as a project may have them (IMAGE-17). */
const hardClass = hardName.map(tidyName).filter((name) => name !== '');

const dataset = fc.uniqueArray(hardClass, { minLength: 1, maxLength: 6 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    images: fc.array(
      fc.record({
        fileName: hardName.map((name) => `${name}.png`),
        width: fc.integer({ min: 1, max: 999 }),
        height: fc.constant(8),
        split: fc.constantFrom(...SPLITS),
        labels: labelsOf(classes),
        tags: fc.uniqueArray(hardTag, { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  }),
);

interface Archive {
  texts: Map<string, string>;
  images: Map<string, string>;
}

async function exportAll(
  format: ExportFormat,
  classes: string[],
  images: ExportedImage[],
  annotators = true,
  bom = false,
): Promise<Archive> {
  const context: ExportContext = {
    project: 'P "1"',
    classes,
    annotators,
    bom,
    exportedAt: '2026-01-01T00:00:00.000Z',
    imageExtension: '.webp',
  };
  const { files, imagePath } = LABEL_FORMATS[format];
  const texts = new Map<string, string>();
  for (const file of files) {
    let text = '';
    for await (const part of writeLabelFile(file, context, images)) text += part;
    texts.set(file.path, text);
  }
  return {
    texts,
    images: new Map(imagePath === null ? [] : images.map((image) => [imagePath(image, context), image.imageId])),
  };
}

/**
 * What an importer would do with the archive: label files first, folders where there are none; rows by image id or
 * name.
 */
function importAll({ texts, images }: Archive): { key: string; row: ImportedRow }[] {
  const rows = [...texts]
    .filter(([path, text]) => isLabelFile(path) && path !== 'classes.json' && text !== '')
    .flatMap(([path, text]) => placeBeside(path, readLabelFile(path, text).rows));
  const find = createFileFinder([...images.keys()]);
  const match = (source: string): string | null => find(source)?.path ?? null;
  return rows.map((row) => {
    const path = images.size === 0 ? row.source : match(row.source);
    return { key: images.size === 0 ? row.source : (images.get(path ?? '') ?? `lost: ${row.source}`), row };
  });
}

/** Every class in its order, where the format lists them. */
const listedIn = ({ texts }: Archive): string[] =>
  [...texts].flatMap(([path, text]) => {
    if (path === 'classes.json') return Object.values(JSON.parse(text) as Record<string, string>);
    return isLabelFile(path) && text !== '' ? (readLabelFile(path, text).classes ?? []) : [];
  });

const BY = { consensus: 'consensus', round: 'model' } as const;

describe.each(EXPORT_FORMATS)('FORMAT-22 %s', (format) => {
  test('every label comes back from an export', async () => {
    await fc.assert(
      fc.asyncProperty(dataset, async ({ classes, images: drawn }) => {
        const images = drawn.map((image, i): ExportedImage => ({
          ...image,
          imageId: `0190aaaa-0000-7000-8000-${String(i).padStart(12, '0')}`,
        }));
        const archive = await exportAll(format, classes, images);
        const withImages = LABEL_FORMATS[format].imagePath !== null;
        expect(archive.images.size).toBe(withImages ? images.length : 0);
        // An image without a label comes back as one; what nobody said is no row elsewhere.
        const expected = images.flatMap((image) =>
          (image.labels.length > 0 ? image.labels : [null]).map((said) => ({
            key: withImages ? image.imageId : image.fileName,
            className: said?.className ?? null,
            split: image.split,
            by: said === null || said.source.kind === 'person' ? 'human' : BY[said.source.kind],
            annotator: said?.source.kind === 'person' ? said.annotator : null,
            tags: image.tags,
          })),
        );
        const found = importAll(archive).map(({ key, row }) => ({
          key,
          className: row.className,
          split: row.split,
          by: row.by,
          annotator: row.by === 'human' ? row.annotator : null,
          tags: row.tags ?? [],
        }));
        // Hugging Face has a row an image; where people do not agree it says no class itself.
        const isSaid = ({ key, className }: { key: string; className: string | null }, rows: { key: string }[]) =>
          className !== null || rows.filter((row) => row.key === key).length === 1;
        const sorted = (rows: { key: string; className: string | null }[]): string[] =>
          rows
            .filter((row) => isSaid(row, rows))
            .map((one) => JSON.stringify(one))
            .sort();
        expect(sorted(found)).toEqual(sorted(expected));
        expect(listedIn(archive)).toEqual(LABEL_FORMATS[format].listsClasses ? classes : []);
      }),
      { numRuns: 60 },
    );
  });
});

test('FORMAT-41 CSV with a byte order mark reads as it does without, and YOLO finds its three folders', async () => {
  const image = (split: ExportedImage['split'], i: number): ExportedImage => ({
    imageId: `i${i}`,
    fileName: `고양이 ${i}.png`,
    width: 8,
    height: 8,
    split,
    labels: [{ className: '고양이', annotator: null, time: 't', source: { kind: 'consensus' } }],
    tags: [],
  });
  const images = SPLITS.map(image);
  const plain = (await exportAll('csv', ['고양이'], images, false)).texts.get('labels.csv') ?? '';
  const marked = (await exportAll('csv', ['고양이'], images, false, true)).texts.get('labels.csv') ?? '';
  expect(marked).toBe(`\uFEFF${plain}`);
  expect(readLabelFile('labels.csv', marked).rows).toEqual(readLabelFile('labels.csv', plain).rows);
  const json = (await exportAll('json', ['고양이'], images, false, true)).texts.get('labels.json') ?? '';
  expect(json.startsWith('{')).toBe(true);
  const paths = [...(await exportAll('yolo', ['고양이'], images)).images.keys()];
  expect(paths.map((path) => path.split('/').slice(0, 2))).toEqual([
    ['train', '고양이'],
    ['val', '고양이'],
    ['test', '고양이'],
  ]);
});

test('FORMAT-22 the JSON and CSV exports carry run, round and probabilities', async () => {
  const image: ExportedImage = {
    imageId: 'i1',
    fileName: 'a.png',
    width: 8,
    height: 8,
    split: 'pool',
    labels: [
      {
        className: 'cat',
        annotator: null,
        time: 't',
        source: { kind: 'round', run: 'r1', round: 3, probabilities: { cat: 0.9, dog: 0.1 } },
      },
    ],
    tags: ['night', 'a; b'],
  };
  const csv = (await exportAll('csv', ['cat', 'dog'], [image])).texts.get('labels.csv');
  expect(csv).toBe(
    'image,file,class,source,run,round,confidence,probabilities,annotator,time,split,tags\r\n' +
      'i1,a.png,cat,round,r1,3,0.9,"{""cat"":0.9,""dog"":0.1}",,t,train,"night; ""a; b"""\r\n',
  );
  const json = JSON.parse((await exportAll('json', ['cat', 'dog'], [image])).texts.get('labels.json') ?? '') as {
    images: { labels: unknown[] }[];
  };
  expect(json.images[0]?.labels[0]).toEqual({
    class: 'cat',
    annotator: null,
    time: 't',
    source: { kind: 'round', run: 'r1', round: 3, probabilities: { cat: 0.9, dog: 0.1 } },
  });
});

test(
  'FORMAT-36 CSV names beside a consensus those who said so, and has no column for people where nobody is to be ' +
    'named',
  async () => {
    const person = (annotator: string, className: string): ExportedLabel => ({
      className,
      annotator,
      time: 't',
      source: { kind: 'person' },
    });
    const consensus: ExportedLabel = { className: 'cat', annotator: null, time: 't', source: { kind: 'consensus' } };
    const image = { imageId: 'i1', fileName: 'a.png', width: 8, height: 8, split: 'pool' as const, tags: ['night'] };
    const rows = async (labels: ExportedLabel[], annotators: boolean) =>
      (
        (await exportAll('csv', ['cat', 'dog'], [{ ...image, labels }], annotators)).texts.get('labels.csv') ?? ''
      ).split('\r\n');
    const [head, first] = await rows(
      [consensus, person('ada@x.test', 'cat'), person('bob@x.test', 'dog'), person('eve@x.test', 'cat')],
      true,
    );
    expect([head, first]).toEqual([
      'image,file,class,source,run,round,confidence,probabilities,annotator,time,split,tags',
      'i1,a.png,cat,consensus,,,,,"ada@x.test; eve@x.test",t,train,night',
    ]);
    expect(await rows([consensus], false)).toEqual([
      'image,file,class,source,run,round,confidence,probabilities,time,split,tags',
      'i1,a.png,cat,consensus,,,,,t,train,night',
      '',
    ]);
  },
);
