import { describe, expect, test } from 'vitest';

import { AppError } from '../errors.ts';
import { isLabelFile, placeBeside, readLabelFile } from './import.ts';
import { createRandom } from '../math/random.ts';
import { classFolders, createFileFinder, safeSegment } from './names.ts';
import { readFolders } from './read-folders.ts';
import { readXml } from './xml.ts';

const row = (source: string, className: string | null, rest: object = {}): object => ({
  source,
  className,
  split: null,
  annotator: null,
  by: 'human',
  ...rest,
});

describe('class folders', () => {
  test('FORMAT-13 plain, inside a root, and with train and test above', () => {
    expect(readFolders(['cat/1.jpg', 'dog/1.jpg']).rows).toEqual([row('cat/1.jpg', 'cat'), row('dog/1.jpg', 'dog')]);
    expect(
      readFolders(['set/train/cat/1.jpg', 'set/test/dog/a/1.jpg', '__MACOSX/set/x.jpg', 'set/.DS_Store']).rows,
    ).toEqual([
      row('set/train/cat/1.jpg', 'cat', { split: 'pool' }),
      row('set/test/dog/a/1.jpg', 'dog', { split: 'test' }),
    ]);
    expect(readFolders(['set/val/cat/1.jpg', 'set/val/dog/1.jpg']).rows.map((r) => [r.className, r.split])).toEqual([
      ['cat', 'validation'],
      ['dog', 'validation'],
    ]);
  });

  test('FORMAT-13 a split without classes, no folders at all, and a class that is called test', () => {
    expect(readFolders(['train/1.jpg', 'test/1.jpg']).rows.map((r) => [r.className, r.split])).toEqual([
      [null, 'pool'],
      [null, 'test'],
    ]);
    expect(readFolders(['1.jpg', '2.jpg']).rows.map((r) => r.className)).toEqual([null, null]);
    expect(readFolders(['test/1.jpg', 'control/1.jpg']).rows.map((r) => [r.className, r.split])).toEqual([
      ['test', null],
      ['control', null],
    ]);
    expect(readFolders(['cat/1.jpg', 'unlabeled/2.jpg']).rows.map((r) => r.className)).toEqual(['cat', null]);
  });

  const layout = (...paths: string[]) => readFolders(paths).rows.map((r) => [r.className, r.split]);

  test('FORMAT-38 the class is the level that tells images apart', () => {
    expect(
      layout('i/seg_train/seg_train/sea/1.jpg', 'i/seg_test/seg_test/ice/2.jpg', 'i/seg_pred/seg_pred/3.jpg'),
    ).toEqual([
      ['sea', 'pool'],
      ['ice', 'test'],
      [null, 'pool'],
    ]);
    expect(layout('Training/01.원천데이터/고양이/1.jpg', 'Validation/01.원천데이터/개/2.jpg')).toEqual([
      ['고양이', 'pool'],
      ['개', 'validation'],
    ]);
    expect(layout('d/학습/개/1.jpg', 'd/검증/고양이/2.jpg')).toEqual([
      ['개', 'pool'],
      ['고양이', 'validation'],
    ]);
    expect(layout('flowers/flowers/rose/1.jpg', 'flowers/flowers/tulip/2.jpg').map(([name]) => name)).toEqual([
      'rose',
      'tulip',
    ]);
    expect(layout('CUB/images/001.Black/1.jpg', 'CUB/images/002.Laysan/2.jpg').map(([name]) => name)).toEqual([
      '001.Black',
      '002.Laysan',
    ]);
    expect(layout('f/Training/Apple/1.jpg', 'f/Test/Pear/2.jpg', 'f/test-multiple_fruits/3.jpg')).toEqual([
      ['Apple', 'pool'],
      ['Pear', 'test'],
      [null, null],
    ]);
    expect(layout('training_set/cats/1.jpg', 'test_set/dogs/2.jpg')).toEqual([
      ['cats', 'pool'],
      ['dogs', 'test'],
    ]);
  });

  test('FORMAT-38 one folder of photos is no class, a flat test folder has none, names are composed', () => {
    expect(layout('photos/1.jpg', 'photos/2.jpg').map(([name]) => name)).toEqual([null, null]);
    expect(layout('set/images/1.jpg', 'set/2.jpg').map(([name]) => name)).toEqual([null, null]);
    expect(layout('train/cat/1.jpg', 'train/dog/2.jpg', 'test/3.jpg')).toEqual([
      ['cat', 'pool'],
      ['dog', 'pool'],
      [null, 'test'],
    ]);
    expect(layout('고양이/1.jpg'.normalize('NFD'), '개/2.jpg').map(([name]) => name)).toEqual(['고양이', '개']);
  });
});

describe('manifests', () => {
  test('FORMAT-14 CSV with any usual header, or none', () => {
    const labels = readLabelFile('m.csv', 'Image Path,Label,Subset\n"a, b.jpg",cat,val\nc.jpg,,bogus\n,dog,');
    expect(labels.rows).toEqual([row('a, b.jpg', 'cat', { split: 'validation' }), row('c.jpg', null)]);
    expect(labels.problems.map((problem) => problem.where)).toEqual(['line 3', 'line 4']);
    expect(readLabelFile('m.csv', 'a.jpg,cat\nb.jpg,dog\n').rows.map((r) => r.className)).toEqual(['cat', 'dog']);
    expect(() => readLabelFile('m.csv', 'x,y\n1,2')).toThrow(AppError);
  });

  test('FORMAT-14 CSV rows that a round wrote stay the model’s', () => {
    expect(
      readLabelFile('m.csv', 'file,class,source\na.jpg,cat,round\nb.jpg,cat,person\n').rows.map((r) => r.by),
    ).toEqual(['model', 'human']);
  });

  test('FORMAT-14 JSON list, JSON lines, and Label Studio JSON-MIN', () => {
    expect(readLabelFile('m.json', '[{"file":"a.jpg","class":"cat","split":"train"},{"image":"b.jpg"}]').rows).toEqual([
      row('a.jpg', 'cat', { split: 'pool' }),
      row('b.jpg', null),
    ]);
    expect(
      placeBeside(
        'x/train/metadata.jsonl',
        readLabelFile('metadata.jsonl', '{"file_name":"1.png","label":3}\n{"file_name":"2.png","label":4}').rows,
      ),
    ).toEqual([row('x/train/1.png', '3', { split: 'pool' }), row('x/train/2.png', '4', { split: 'pool' })]);
    expect(
      readLabelFile('m.json', '[{"image":"/data/upload/1/0a1b2c3d-a.jpg","id":1,"choice":"Cat","annotator":2}]').rows[0]
        ?.className,
    ).toBe('Cat');
  });

  test('FORMAT-15 list of addresses', () => {
    const labels = readLabelFile('list.txt', '# mine\nhttps://example.org/a.jpg\n\nhttp://example.org/b.jpg\n');
    expect(labels.format).toBe('url-list');
    expect(labels.rows).toHaveLength(2);
  });

  test('FORMAT-16 broken files say so', () => {
    for (const [name, text] of [
      ['a.json', '{"x": '],
      ['a.json', '{"x": 1}'],
      ['a.json', '{"annotations": 3}'],
      ['a.csv', ''],
      ['a.xml', '<html></html>'],
    ]) {
      expect(() => readLabelFile(name ?? '', text ?? ''), text).toThrow(AppError);
    }
  });
});

describe('other tools', () => {
  test('FORMAT-17 COCO takes one category an image, and says where there are two', () => {
    const labels = readLabelFile(
      'instances.json',
      JSON.stringify({
        images: [
          { id: 1, file_name: 'a.jpg' },
          { id: 2, file_name: 'b.jpg' },
          { id: 3, file_name: 'c.jpg' },
        ],
        annotations: [
          { image_id: 1, category_id: 7, bbox: [0, 0, 1, 1] },
          { image_id: 1, category_id: 7 },
          { image_id: 2, category_id: 7 },
          { image_id: 2, category_id: 8 },
        ],
        categories: [
          { id: 7, name: 'cat' },
          { id: 8, name: 'dog' },
        ],
      }),
    );
    expect(labels.rows).toEqual([row('a.jpg', 'cat'), row('b.jpg', null), row('c.jpg', null)]);
    expect(labels.problems).toHaveLength(1);
  });

  test('FORMAT-18 a Label Studio export as its documentation describes it', () => {
    // Shape after https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks
    const result = (choice: string): object => ({
      value: { choices: [choice] },
      id: 'FhX3',
      from_name: 'choice',
      to_name: 'image',
      type: 'choices',
      origin: 'manual',
    });
    const annotation = {
      id: 1,
      was_cancelled: false,
      ground_truth: false,
      created_at: '2024-03-09T22:52:48Z',
      lead_time: 3.2,
      result_count: 1,
      task: 1,
      project: 1,
    };
    const text = JSON.stringify([
      {
        id: 1,
        inner_id: 1,
        file_upload: 'f0e1d2c3-tom, the cat.jpg',
        total_annotations: 2,
        meta: {},
        project: 1,
        data: { image: '/data/upload/1/f0e1d2c3-tom, the cat.jpg' },
        annotations: [
          {
            ...annotation,
            completed_by: { id: 1, email: 'ann@example.org', first_name: 'Ann' },
            result: [result('Kater „Tom“')],
          },
          { ...annotation, completed_by: 2, result: [result('Dog')] },
          { ...annotation, completed_by: 3, was_cancelled: true, result: [result('Dog')] },
        ],
        drafts: [],
        predictions: [{ id: 9, model_version: 'v1', score: 0.7, result: [result('Dog')] }],
      },
      {
        id: 2,
        data: { image: '/data/local-files/?d=pets%2Frex.jpg' },
        annotations: [{ ...annotation, result: [] }],
        predictions: [],
      },
    ]);
    const labels = readLabelFile('project-1.json', text);
    const tom = '/data/upload/1/f0e1d2c3-tom, the cat.jpg';
    expect(labels.format).toBe('label-studio');
    expect(labels.rows).toEqual([
      row(tom, 'Kater „Tom“', { annotator: 'ann@example.org' }),
      row(tom, 'Dog', { annotator: '2' }),
      row(tom, 'Dog', { by: 'model' }),
      row('/data/local-files/?d=pets%2Frex.jpg', null),
    ]);
    const find = createFileFinder(['up/tom, the cat.jpg', 'up/pets/rex.jpg']);
    const match = (source: string): string | null => find(source)?.path ?? null;
    expect([match(tom), match('/data/local-files/?d=pets%2Frex.jpg')]).toEqual([
      'up/tom, the cat.jpg',
      'up/pets/rex.jpg',
    ]);
  });

  test('FORMAT-19 CVAT for images: tags are classes, shapes are not', () => {
    const labels = readLabelFile(
      'annotations.xml',
      `<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <!-- <image name="no.jpg"/> -->
  <meta><task><name>pets</name></task></meta>
  <image id="0" name="a &amp; b.jpg" subset="train" width="32" height="32"><tag label="cat &#x1F408;" ` +
        `source="manual"></tag></image>
  <image id="1" name="b.jpg" width="32" height="32"><box label="dog" xtl="0" ytl="0" xbr="1" ybr="1"></box></image>
  <image id="2" name="c.jpg"><tag label="cat" source="auto"/></image>
  <image id="3" name="d.jpg"><tag label="cat"/><tag label="dog"/></image>
</annotations>`,
    );
    expect(labels.rows).toEqual([
      row('a & b.jpg', 'cat 🐈', { split: 'pool' }),
      row('b.jpg', null),
      row('c.jpg', 'cat', { by: 'model' }),
      row('d.jpg', null),
    ]);
    expect(labels.problems).toMatchObject([
      { where: 'line 9', message: 'has 2 tags; an image has one class, so none was taken' },
    ]);
  });

  test('FORMAT-20 XML that defines entities, never closes, or does not nest is refused, fast', () => {
    for (const text of [
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      '<a><b></a>',
      '<a>',
      '<a',
      `<a>${'<!--'.repeat(100_000)}`,
      `<a ${' '.repeat(100_000)}`,
      '<a b="&x;"/>',
      '<a b="&#9999999;"/>',
      `${'<a>'.repeat(100_000)}`,
    ]) {
      expect(() => [...readXml(text)]).toThrow(AppError);
    }
    expect([...readXml('<a b="&lt;"/>')][0]?.attributes.b).toBe('<');
    expect(() => [...readXml('<a>\n<b>\n</a>')]).toThrow('This XML file was not imported: line 3: ');
  });

  test('FORMAT-20 an XML file is read once through, also when all of it stands on one line', () => {
    const tag = '<image id="1" name="a.png"><tag label="cat"></tag></image>';
    const text = `<annotations>${tag.repeat(20_000)}</annotations>`;
    // A reader that looked for the next line at each tag took 24 s for this; a test may take five.
    expect([...readXml(text)]).toHaveLength(40_001);
  });
});

test('FORMAT-21 names in archives stay inside, on every file system', () => {
  expect(safeSegment('../../etc/passwd')).toBe('_.._etc_passwd');
  expect(safeSegment('..')).toBe('_');
  expect(safeSegment('CON.jpg')).toBe('_CON.jpg');
  expect([...classFolders(['Cat', 'cat', 'a/b', 'a:b']).values()]).toEqual(['Cat', 'cat (2)', 'a_b', 'a_b (2)']);
});

test('PROPOSAL-5 a row finds by the tails that are asked for what it would find among all of them', () => {
  const random = createRandom(5);
  const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? '';
  const parts = ['a', 'B', 'b c', 'b_c', 'x%20y', 'x y'];
  for (let round = 0; round < 200; round += 1) {
    const paths = [
      ...new Set(
        Array.from({ length: 8 }, () =>
          [...Array.from({ length: random.below(3) }, () => pick(parts)), `${pick(parts)}.jpg`].join('/'),
        ),
      ),
    ];
    const find = createFileFinder(paths);
    for (const path of paths) {
      const at = path.split('/');
      const tail = at.slice(random.below(at.length)).join('/');
      const ends = paths.filter((other) => `/${other}`.endsWith(`/${tail}`));
      const expected = paths.includes(tail) ? tail : ends.length === 1 ? ends[0] : null;
      expect(find(tail)?.path).toBe(expected);
      // In another spelling, where no other file could be meant by it.
      const loose = (name: string): string => decodeURIComponent(name).toLowerCase().replaceAll('_', ' ');
      const alike = paths.filter((other) => loose(other) === loose(path) || loose(other).endsWith(`/${loose(path)}`));
      if (alike.length === 1) expect(find(loose(path).replace('.jpg', ''))?.path).toBe(path);
    }
  }
});

test('a manifest row finds its file by whole path, by tail, and never by an ambiguous name', () => {
  const find = createFileFinder(['x/a/1.jpg', 'x/b/1.jpg', 'x/b/2.jpg']);
  const match = (source: string): string | null => find(source)?.path ?? null;
  expect([
    match('x/a/1.jpg'),
    match('b/1.jpg'),
    match('1.jpg'),
    match('./2.jpg'),
    match('C:\\data\\b\\2.jpg'),
    match('nope.jpg'),
  ]).toEqual(['x/a/1.jpg', 'x/b/1.jpg', null, 'x/b/2.jpg', 'x/b/2.jpg', null]);
  expect(['a/labels.CSV', 'a/b.jpg'].map(isLabelFile)).toEqual([true, false]);
});

test('PROPOSAL-8 a quote that is never closed and names by very many folders are refused by name', () => {
  const rows = Array.from({ length: 120_000 }, (_, i) => `b${i}.png,dog`).join('\n');
  expect(() => readLabelFile('t.csv', `file,class\n"a.png,cat\n${rows}`)).toThrow(
    'The row that begins on line 2 is longer than a million characters: a quote may be left open there.',
  );
  const far = `file,class\n${'a/'.repeat(70)}b.png,cat\n${'c'.repeat(5000)},cat\n${'d/'.repeat(60)}e.png,cat\n`;
  const read = readLabelFile('t.csv', far);
  expect(read.rows.map(({ source }) => source.slice(-5))).toEqual(['e.png']);
  expect(read.problems.map(({ where }) => where)).toEqual(['line 2', 'line 3']);
});
