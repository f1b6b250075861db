import { describe, expect, it } from 'vitest';
import { english } from '../text/en/index.ts';
import { makeText } from '../text/text.ts';
import { adviseRun, adviseSplits } from './run-advice.ts';

const { t } = makeText('en', english.project);
const full = (name: string) => ({ name, pool: 10, validation: 5, test: 5 });

describe('advice before a run', () => {
  it('RUN-35 says nothing where every class is measured and the pool holds unlabeled images', () => {
    expect(adviseRun(t, true, { classes: [full('ape'), full('bear')], unlabeled: 1 })).toEqual([]);
  });

  it('RUN-35 says that Noisy Student has nothing to learn from, and only of Noisy Student', () => {
    const standing = { classes: [full('ape'), full('bear')], unlabeled: 0 };
    expect(adviseRun(t, true, standing)).toEqual([
      expect.stringMatching(/^There are no unlabeled images left to learn from.*Fine-tune/),
    ]);
    expect(adviseRun(t, false, standing)).toEqual([]);
  });

  it('RUN-35 names the classes that a split does not measure, a split at a time', () => {
    const classes = [full('ape'), { ...full('bear'), test: 0 }, { ...full('cat'), validation: 0, test: 0 }];
    expect(adviseRun(t, false, { classes, unlabeled: 9 })).toEqual([
      expect.stringMatching(/^No validation image of cat has an answer/),
      expect.stringMatching(/^No test image of bear and cat has an answer/),
    ]);
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...full(name), test: 0 }));
    expect(adviseRun(t, false, { classes: [full('ape'), ...many], unlabeled: 9 })).toEqual([
      expect.stringMatching(/^No test image of a, b, c and 2 more has/),
    ]);
  });

  it('RUN-35 takes a split without answers as one matter, and leaves out classes that the run cannot learn', () => {
    const classes = [
      { ...full('ape'), test: 0 },
      { ...full('bear'), test: 0 },
      { name: 'new', pool: 0, validation: 0, test: 0 },
    ];
    expect(adviseRun(t, false, { classes, unlabeled: 9 })).toEqual([
      expect.stringMatching(/^No test image has an answer, so a run ends without/),
    ]);
  });
});

describe('advice after an import', () => {
  it('IMAGE-14 names what no image measures, a split without any answer as one matter', () => {
    expect(adviseSplits(t, [full('ape'), full('bear')])).toEqual([]);
    expect(
      adviseSplits(t, [
        { ...full('ape'), validation: 0 },
        { ...full('bear'), validation: 0, test: 0 },
      ]),
    ).toEqual([
      expect.stringMatching(/^No validation image has an answer, so no round/),
      expect.stringMatching(/^No test image of bear has an answer/),
    ]);
  });
});
