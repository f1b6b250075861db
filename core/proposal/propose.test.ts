import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { propose, proposalLines } from './propose.ts';
import type { ProposalInput } from './propose.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (paths: readonly string[], rest: Partial<ProposalInput> = {}) =>
  propose({ paths, labelFiles: [], classes: [], ...rest });
const counts = (paths: readonly string[], rest: Partial<ProposalInput> = {}) =>
  Object.fromEntries(read(paths, rest).proposal.classes.map(({ name, images }) => [name, images]));

describe('what a proposal says', () => {
  it('PROPOSAL-1 class folders on any level, with splits and a set without answers (Kaggle Intel)', () => {
    const paths = ['seg_train/seg_train', 'seg_test/seg_test']
      .flatMap((top) => ['buildings', 'forest'].map((name) => `${top}/${name}/1.jpg`))
      .concat('seg_pred/seg_pred/9.jpg');
    const { proposal } = read(paths);
    expect(proposal.classes.map(({ name, images }) => [name, images])).toEqual([
      ['buildings', 2],
      ['forest', 2],
    ]);
    expect(proposal.unlabeled).toEqual({ count: 1, some: ['seg_pred/seg_pred/9.jpg'] });
    expect(proposal.splits).toEqual({ pool: 3, validation: 0, test: 2, drawn: 0 });
    expect(proposal.layouts.map(({ id }) => id)).toEqual(['folders-2', 'folders-0', 'folders-1', 'none']);
  });

  it('PROPOSAL-1 a container is no class (AI Hub)', () => {
    const of = (top: string, name: string) => `${top}/01.원천데이터/${name}/1.jpg`;
    expect(counts([of('Training', '고양이'), of('Training', '개'), of('Validation', '고양이')])).toEqual({
      고양이: 2,
      개: 1,
    });
  });

  it('PROPOSAL-1 a Mac’s spelling, another case and white space join a class of the project', () => {
    const { proposal, find } = read(
      ['고양이'.normalize('NFD'), 'Dog', 'dog ', 'owl'].map((name) => `${name}/1.jpg`),
      {
        classes: [{ name: '고양이' }, { name: 'dog' }],
      },
    );
    expect(proposal.classes.map(({ name, isNew, spellings }) => [name, isNew, spellings])).toEqual([
      ['고양이', false, ['고양이']],
      ['dog', false, ['Dog', 'dog']],
      ['owl', true, ['owl']],
    ]);
    expect(find('Dog/1.jpg')?.className).toBe('dog');
    expect(proposal.renamed.count).toBe(1);
  });

  it('PROPOSAL-1 one folder of photos is no class; it may be chosen to be one', () => {
    const paths = ['holiday/1.jpg', 'holiday/2.jpg'];
    expect(read(paths).proposal).toMatchObject({ layout: 'none', classes: [], unlabeled: { count: 2 } });
    expect(counts(paths, { choice: { layout: 'folders-0', names: {} } })).toEqual({ holiday: 2 });
  });

  it('PROPOSAL-1 a label file beats folders; a list that names no class does not (CUB)', () => {
    const paths = ['images/001.Black/a.jpg', 'images/002.Laysan/b.jpg'];
    const list = { path: 'images.txt', bytes: bytes('1 001.Black/a.jpg\n2 002.Laysan/b.jpg\n') };
    expect(counts(paths, { labelFiles: [list] })).toEqual({ '001.Black': 1, '002.Laysan': 1 });
    const table = { path: 'labels.csv', bytes: bytes('id,breed\na,boxer\nb,pug\nzzz,pug\n') };
    const { proposal } = read(paths, { labelFiles: [table] });
    expect(proposal.layout).toBe('tables');
    expect(proposal.classes.map(({ name }) => name)).toEqual(['boxer', 'pug']);
    expect(proposal.unmatched).toEqual({ count: 1, some: ['zzz'] });
    expect(proposal.layouts.map(({ id }) => id)).toContain('folders-1');
  });

  it('PROPOSAL-1 tells encodings, several classes of one row, and annotators who do not agree', () => {
    const korean = new Uint8Array([...bytes('file,label\na.jpg,'), 0xb0, 0xed, 0xbe, 0xe7, 0xc0, 0xcc, 0x0a]);
    const { proposal } = read(['a.jpg', 'b.jpg'], {
      labelFiles: [
        { path: 'labels.csv', bytes: korean },
        { path: 'notes.csv', bytes: bytes('file,label,annotator\nb.jpg,cat,1\nb.jpg,dog,2\n') },
      ],
    });
    expect(proposal.tables.map(({ encoding }) => encoding)).toEqual(['Korean (CP949)', 'UTF-8']);
    expect(proposal.classes.map(({ name }) => name)).toEqual(['고양이']);
    expect(proposal.disputed).toEqual({ count: 1, some: ['b.jpg'] });
    const oneHot = { path: 'train/_classes.csv', bytes: bytes('filename,cat,dog\nx.jpg,1,0\ny.jpg,1,1\n') };
    const hot = read(['train/x.jpg', 'train/y.jpg'], { labelFiles: [oneHot] }).proposal;
    expect(hot.classes).toMatchObject([{ name: 'cat', images: 1 }]);
    expect(hot.tables[0]?.problem).toContain('y.jpg has 2 classes');
    expect(proposalLines(hot).join('\n')).toContain('labeled by a file');
  });

  it('PROPOSAL-6 says the splits that accepting gives: a named training folder still gives to validation', () => {
    const paths = [
      ...Array.from({ length: 400 }, (_, i) => `train/${i % 2 ? 'cat' : 'dog'}/${i}.jpg`),
      ...Array.from({ length: 60 }, (_, i) => `test/cat/${i}.jpg`),
    ];
    const { proposal } = read(paths, { shares: { validationShare: 0.1, testShare: 0.1 } });
    expect(proposal.expected).toEqual([
      { split: 'pool', images: 360, isDrawn: true },
      { split: 'validation', images: 40, isDrawn: true },
      { split: 'test', images: 60, isDrawn: false },
    ]);
    expect(proposalLines(proposal)[0]).toBe(
      '460 images (about 360 pool, about 40 validation, 60 test), read as labeled by the folders of level 2',
    );
    expect(proposalLines(read(paths).proposal)[0]).toContain('(400 pool, 60 test)');
  });

  it('PROPOSAL-7 classes stand in the order that they will have: those of the project, then new ones by name', () => {
    const paths = ['class 10', 'class 2', 'Ant', 'zebra', 'cat', 'cat'].map((name, i) => `${name}/${i}.jpg`);
    const { proposal } = read(paths, { classes: [{ name: 'zebra' }, { name: 'unseen' }, { name: 'cat' }] });
    expect(proposal.classes.map(({ name }) => name)).toEqual(['zebra', 'cat', 'Ant', 'class 2', 'class 10']);
  });

  it('PROPOSAL-3 joins a class with another, leaves one out, and takes another level', () => {
    const paths = ['a/dog/1.jpg', 'a/dogs/2.jpg', 'b/junk/3.jpg', 'b/cat/4.jpg'];
    const choice = { layout: null, names: { dogs: 'dog', JUNK: null } };
    const { proposal, find } = read(paths, { choice: { ...choice, layout: 'folders-1' } });
    expect(proposal.classes.map(({ name, images, spellings }) => [name, images, spellings])).toEqual([
      ['cat', 1, ['cat']],
      ['dog', 2, ['dog', 'dogs']],
    ]);
    expect(find('b/junk/3.jpg')?.className).toBeNull();
    expect(proposal.unlabeled.count).toBe(1);
    expect(counts(paths, { choice: { layout: 'folders-0', names: {} } })).toEqual({ a: 2, b: 2 });
  });

  it('PROPOSAL-2 says of every generated tree what the import then finds, image by image', () => {
    const random = createRandom(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
    for (let round = 0; round < 60; round += 1) {
      const tops = pick([['train', 'test'], ['학습', '검증'], ['set'], ['x', 'y']]);
      const names = pick([['cat', 'Cat', 'dog'], ['고양이', '고양이'.normalize('NFD')], ['1', '2', '3'], ['only']]);
      const paths = Array.from({ length: 12 }, (_, i) => `${pick(tops)}/${pick(names)}/${i}.jpg`);
      const { proposal, find } = read(paths, { choice: { layout: pick([null, 'folders-0', 'folders-1']), names: {} } });
      const labeled = paths.filter((path) => (find(path)?.className ?? null) !== null);
      expect(proposal.classes.reduce((sum, { images }) => sum + images, 0)).toBe(labeled.length);
      expect(proposal.unlabeled.count + labeled.length).toBe(paths.length);
      expect(Object.values(proposal.splits).reduce((sum, n) => sum + n, 0)).toBe(paths.length);
      for (const { name, samples } of proposal.classes)
        for (const path of samples) expect(find(path)?.className).toBe(name);
    }
  });

  it('PROPOSAL-5 names are read one by one, not each against each', () => {
    let asked = 0;
    const paths = new Proxy(
      Array.from({ length: 4000 }, (_, i) => `set/class-${i % 200}/${i}.jpg`),
      {
        get(target, key, self) {
          if (typeof key === 'string' && /^\d+$/u.test(key)) asked += 1;
          return Reflect.get(target, key, self) as unknown;
        },
      },
    );
    expect(read(paths).proposal.classes).toHaveLength(200);
    expect(asked).toBeLessThan(40 * paths.length);
  });
});
