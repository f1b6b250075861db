import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { cohenKappa, fleissKappa, krippendorffAlpha, majority, masi } from './agreement.ts';

/** An answer of one class; a point is a missing one. */
const one = (answer: string | undefined): string[] | null => (answer === undefined || answer === '.' ? null : [answer]);

/** Spreads a table of counts [first][second] into two lists of answers. */
function fromTable(table: number[][]): [string[], string[]] {
  const first: string[] = [];
  const second: string[] = [];
  table.forEach((row, a) =>
    row.forEach((count, b) => {
      for (let i = 0; i < count; i += 1) {
        first.push(String(a));
        second.push(String(b));
      }
    }),
  );
  return [first, second];
}

describe('majority', () => {
  it('takes the most frequent answer', () => {
    expect(majority(['a', 'b', 'a'])).toEqual({ answer: 'a', share: 2 / 3, votes: 3, tied: false });
  });
  it('resolves nothing on a tie or without votes', () => {
    expect(majority(['a', 'b'])).toMatchObject({ answer: null, tied: true, share: 0.5 });
    expect(majority(['a', 'b', 'b', 'a', 'c'])).toMatchObject({ answer: null, tied: true });
    expect(majority([])).toEqual({ answer: null, share: 0, votes: 0, tied: false });
  });
});

describe('cohenKappa', () => {
  it('gives the textbook values', () => {
    expect(
      cohenKappa(
        ...fromTable([
          [20, 5],
          [10, 15],
        ]),
      ),
    ).toBeCloseTo(0.4, 10);
    expect(
      cohenKappa(
        ...fromTable([
          [45, 15],
          [25, 15],
        ]),
      ),
    ).toBeCloseTo(0.1304, 4);
    expect(
      cohenKappa(
        ...fromTable([
          [25, 35],
          [5, 35],
        ]),
      ),
    ).toBeCloseTo(0.2593, 4);
  });
  it('skips items that one of the two did not answer, and is not defined without variety', () => {
    expect(cohenKappa(['a', null, 'b', 'a'], ['a', 'b', 'b', null])).toBe(1);
    expect(cohenKappa(['a', 'a'], ['a', 'a'])).toBeNull();
    expect(cohenKappa([null], ['a'])).toBeNull();
  });
});

describe('fleissKappa', () => {
  it('gives 0.210 for the 14 raters of Fleiss 1971', () => {
    expect(
      fleissKappa([
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
      ]),
    ).toBeCloseTo(0.20993, 4);
  });
  it('leaves out items with one rating', () => {
    expect(
      fleissKappa([
        [2, 0],
        [0, 2],
        [1, 0],
      ]),
    ).toBe(1);
    expect(fleissKappa([[1, 0]])).toBeNull();
  });
});

describe('krippendorffAlpha', () => {
  it('gives 0.743 for the four observers of Krippendorff 2011, with missing answers', () => {
    const a = '1 2 3 3 2 1 4 1 2 . . .'.split(' ');
    const b = '1 2 3 3 2 2 4 1 2 5 . 3'.split(' ');
    const c = '. 3 3 3 2 3 4 2 2 5 1 .'.split(' ');
    const d = '1 2 3 3 2 4 4 1 2 5 1 .'.split(' ');
    const units = a.map((_, i) => [a, b, c, d].map((row) => one(row[i])));
    expect(krippendorffAlpha(units)).toBeCloseTo(0.743, 3);
  });
  it('gives 0.691 for the three coders of the common worked example', () => {
    const a = '. . . . . 3 4 1 2 1 1 3 3 . 3'.split(' ');
    const b = '1 . 2 1 3 3 4 3 . . . . . . .'.split(' ');
    const c = '. . 2 1 3 4 4 . 2 1 1 3 3 . 4'.split(' ');
    const units = a.map((_, i) => [a, b, c].map((row) => one(row[i])));
    expect(krippendorffAlpha(units)).toBeCloseTo(0.691, 3);
  });
  it('is not defined for a single answer or without pairs', () => {
    expect(
      krippendorffAlpha([
        [['a'], ['a']],
        [['a'], ['a']],
      ]),
    ).toBeNull();
    expect(krippendorffAlpha([[['a'], null], [['b']]])).toBeNull();
  });
  it('SEVERAL-3 counts sets that share classes as partly the same, and no class as an answer of its own', () => {
    // By hand: two differences of 2/3 and 1 in pairs of two; all ordered pairs of the six differ by 62/3 in all.
    const units = [
      [
        ['a', 'b'],
        ['a', 'b', 'c', 'd'],
      ],
      [['a', 'b'], []],
      [[], []],
    ];
    expect(krippendorffAlpha(units)).toBeCloseTo(1 - (5 * 2 * (2 / 3 + 1)) / (62 / 3), 12);
  });
  it('SEVERAL-3 of answers of one class each, or none, is the nominal alpha', () => {
    const random = createRandom(7);
    for (let turn = 0; turn < 200; turn += 1) {
      const units = Array.from({ length: 1 + random.below(8) }, () =>
        Array.from({ length: random.below(5) }, () => (random.below(4) === 0 ? null : `${random.below(3)}`)),
      );
      const alpha = krippendorffAlpha(units.map((unit) => unit.map((answer) => (answer === null ? null : [answer]))));
      const nominal = nominalAlpha(units);
      if (nominal === null) expect(alpha).toBeNull();
      else expect(alpha).toBeCloseTo(nominal, 10);
    }
  });
});

describe('masi', () => {
  it('SEVERAL-3 is 1 for equal sets, 0 for disjoint ones, and less where each has something of its own', () => {
    expect(masi(['a', 'b'], ['a', 'b'])).toBe(1);
    expect(masi([], [])).toBe(1);
    expect(masi([], ['a'])).toBe(0);
    expect(masi(['a'], ['b'])).toBe(0);
    // Passonneau's two factors: Jaccard 2/4 times 2/3, Jaccard 1/3 times 1/3.
    expect(masi(['a', 'b'], ['a', 'b', 'c', 'd'])).toBeCloseTo(1 / 3, 12);
    expect(masi(['a', 'b'], ['b', 'c'])).toBeCloseTo(1 / 9, 12);
  });
});

/** Krippendorff's alpha of nominal answers, from its definition by pairs. */
function nominalAlpha(units: readonly (readonly (string | null)[])[]): number | null {
  const answered = units.map((unit) => unit.filter((answer) => answer !== null)).filter(({ length }) => length > 1);
  const unlike = (answers: readonly string[]): number =>
    answers.reduce((sum, answer) => sum + answers.filter((other) => other !== answer).length, 0);
  const all = answered.flat();
  const expected = unlike(all);
  const observed = answered.reduce((sum, unit) => sum + unlike(unit) / (unit.length - 1), 0);
  return expected === 0 ? null : 1 - ((all.length - 1) * observed) / expected;
}
