import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { alignmentOf, alignRow, classPrior } from './align.ts';
import { judgeRound as judge } from './judge.ts';
import type { JudgeInput } from './judge.ts';
import { kMeans, spreadOut } from './k-means.ts';
import { chooseQuestions, dealQuestions } from './review-queue.ts';
import { findSuspects } from './suspects.ts';
import { selectTargets } from './targets.ts';
import type { SelectionRules } from './targets.ts';
import { chooseTypical } from './typical.ts';

function judgeRound(input: Parameters<typeof judge>[0]) {
  const { reason, ...judged } = judge(input);
  return { ...judged, reason: inEnglish(reason) };
}

const rules: SelectionRules = {
  classCount: 2,
  keepShare: 0.5,
  floor: 0.6,
  classFloors: new Map(),
  duplicatesMax: 3,
  cap: Infinity,
};
const candidates = (classIndex: number, confidences: number[], from = 0) =>
  confidences.map((confidence, i) => ({ index: from + i, classIndex, confidence }));

describe('pseudo-labels', () => {
  it('LEARN-1 keep the surest share of each class, never below the floor', () => {
    const { thresholds, eligible } = selectTargets(
      [...candidates(0, [0.9, 0.8, 0.7, 0.65]), ...candidates(1, [0.7, 0.5, 0.4, 0.3], 10)],
      rules,
    );
    expect(thresholds[0]).toBeCloseTo(0.75);
    expect(thresholds[1]).toBe(0.6);
    expect(eligible).toEqual([2, 1]);
  });

  it("LEARN-1 follow a lead's own floor for a class", () => {
    const { thresholds } = selectTargets(candidates(0, [0.9, 0.8, 0.7, 0.65]), {
      ...rules,
      keepShare: 1,
      classFloors: new Map([[0, 0.85]]),
    });
    expect(thresholds[0]).toBe(0.85);
  });

  it('LEARN-2 are balanced to the median class, short classes repeated within the bound', () => {
    const many = candidates(
      0,
      Array.from({ length: 40 }, () => 0.95),
    );
    const few = candidates(1, [0.9, 0.9], 100);
    const { targets } = selectTargets([...many, ...few], { ...rules, keepShare: 1 });
    expect(targets.filter((item) => item.classIndex === 0)).toHaveLength(21);
    expect(targets.filter((item) => item.classIndex === 1).map((item) => item.copies)).toEqual([3, 3]);
  });

  it('LEARN-2 never repeat beyond the bound nor accept below the floor, whatever the predictions', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            classIndex: fc.integer({ min: 0, max: 3 }),
            confidence: fc.float({ min: 0, max: 1, noNaN: true }),
          }),
          { maxLength: 80 },
        ),
        fc.integer({ min: 1, max: 5 }),
        (drawn, duplicatesMax) => {
          const { targets } = selectTargets(
            drawn.map((item, index) => ({ ...item, index })),
            { ...rules, classCount: 4, duplicatesMax },
          );
          expect(new Set(targets.map((item) => item.index)).size).toBe(targets.length);
          for (const target of targets) {
            expect(target.confidence).toBeGreaterThanOrEqual(rules.floor);
            expect(target.copies).toBeLessThanOrEqual(duplicatesMax);
            expect(target.copies).toBeGreaterThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('distribution alignment', () => {
  it('moves the mean prediction towards the prior and keeps rows at one', () => {
    const rows = [
      [0.9, 0.1],
      [0.8, 0.2],
    ];
    const scale = alignmentOf(rows, [0.5, 0.5]);
    const aligned = alignRow([0.9, 0.1], scale);
    expect((aligned[0] ?? 0) + (aligned[1] ?? 0)).toBeCloseTo(1);
    expect(aligned[0]).toBeCloseTo((0.9 * (0.5 / 0.85)) / (0.9 * (0.5 / 0.85) + 0.1 * (0.5 / 0.15)), 5);
    expect(alignRow([0.9, 0.1], null)).toEqual([0.9, 0.1]);
  });

  it('takes the prior from the labels plus one each', () => {
    expect(classPrior([0, 0, 1], 3)).toEqual([3 / 6, 2 / 6, 1 / 6]);
  });
});

describe('the judge', () => {
  const n = 400;
  const truth = Array.from({ length: n }, (_, i) => i % 2);
  const answers = (wrong: (i: number) => boolean): number[] => truth.map((value, i) => (wrong(i) ? 1 - value : value));
  const base: JudgeInput = {
    classNames: ['cat', 'dog'],
    truth,
    teacher: answers((i) => i < 100),
    student: answers((i) => i < 60),
    control: null,
    pseudo: null,
    auditBefore: null,
    auditNow: null,
    lossIsFinite: true,
  };

  it('LEARN-3 accepts a student that is better, and says by how much', () => {
    const judged = judgeRound(base);
    expect(judged).toMatchObject({ verdict: 'accept' });
    expect(judged.standings.teacher?.difference).toBeCloseTo(0.1);
    expect(judged.reason).toMatch(
      /10\.0 points above its teacher .*better and not by chance; .* 400 validation images/,
    );
  });

  it('LEARN-3 holds a student that its control arm beats, however far above its teacher it is', () => {
    expect(judgeRound({ ...base, control: answers((i) => i < 50) })).toMatchObject({
      verdict: 'hold',
      reason: expect.stringMatching(/above its teacher .*2\.5 points below its control arm/),
    });
    expect(judgeRound({ ...base, control: answers((i) => i < 80) })).toMatchObject({ verdict: 'accept' });
  });

  it('LEARN-3 concludes no improvement on fewer than 200 answers', () => {
    const few = {
      ...base,
      truth: truth.slice(0, 100),
      teacher: base.teacher.slice(0, 100),
      student: base.student.slice(0, 100),
    };
    expect(judgeRound(few)).toMatchObject({
      verdict: 'accept',
      reason: expect.stringMatching(/no improvement is concluded/),
    });
  });

  it('LEARN-3 holds a student that is a little worse, and rolls back one that is worse with evidence', () => {
    expect(judgeRound({ ...base, student: answers((i) => i < 101) }).verdict).toBe('hold');
    expect(judgeRound({ ...base, student: answers((i) => i < 140) })).toMatchObject({
      verdict: 'roll-back',
      reason: expect.stringMatching(/one-sided p/),
    });
  });

  it('LEARN-4 rolls back when one class falls although the whole rises', () => {
    const student = answers((i) => i % 2 === 1 && i < 160);
    const teacher = answers((i) => (i % 2 === 0 && i < 200) || (i % 2 === 1 && i < 40));
    expect(judgeRound({ ...base, teacher, student })).toMatchObject({
      verdict: 'roll-back',
      reason: expect.stringMatching(/recall of "dog"/),
    });
  });

  it(
    'LEARN-4 rolls back on pseudo-labels far from the prior, on a fallen audit, and on a loss that is no ' + 'number',
    () => {
      expect(judgeRound({ ...base, pseudo: { counts: [97, 3], prior: [0.5, 0.5] } })).toMatchObject({
        verdict: 'roll-back',
        reason: expect.stringMatching(/"dog" makes up 3%/),
      });
      const classNames = ['cat', 'dog', 'cow', 'hen', 'pig'];
      expect(
        judgeRound({
          ...base,
          classNames,
          pseudo: { counts: [20, 280, 20, 20, 20], prior: [0.6, 0.1, 0.1, 0.1, 0.1] },
        }),
      ).toMatchObject({ verdict: 'roll-back', reason: expect.stringMatching(/"dog" makes up 78%/) });
      expect(
        judgeRound({ ...base, auditBefore: { correct: 95, total: 100 }, auditNow: { correct: 60, total: 100 } })
          .verdict,
      ).toBe('roll-back');
      expect(judgeRound({ ...base, lossIsFinite: false }).verdict).toBe('roll-back');
    },
  );

  it('LEARN-4 does not roll back on what balancing does to rare and to common classes', () => {
    const classNames = ['cat', 'dog', 'cow'];
    const [cats, dogs, cows] = [800, 150, 50];
    const candidates = [...Array(cats + dogs + cows).keys()].map((index) => ({
      index,
      classIndex: index < cats ? 0 : index < cats + dogs ? 1 : 2,
      confidence: 0.9 - index * 1e-4,
    }));
    const { targets } = selectTargets(candidates, {
      classCount: 3,
      keepShare: 0.6,
      floor: 0.3,
      classFloors: new Map(),
      duplicatesMax: 3,
      cap: Infinity,
    });
    const counts = classNames.map((_, c) =>
      targets.reduce((sum, target) => sum + (target.classIndex === c ? target.copies : 0), 0),
    );
    expect(counts).toEqual([90, 90, 90]);
    expect(judgeRound({ ...base, classNames, pseudo: { counts, prior: [0.8, 0.15, 0.05] } }).verdict).toBe('accept');
    const ten = Array.from({ length: 10 }, (_, c) => `class ${c}`);
    expect(
      judgeRound({
        ...base,
        classNames: ten,
        pseudo: { counts: ten.map(() => 100), prior: [0.82, ...Array.from({ length: 9 }, () => 0.02)] },
      }).verdict,
    ).toBe('accept');
  });

  it(
    'LEARN-4 does not roll back on what chance explains: a class missing among few pseudo-labels, a few answers of ' +
      'one class',
    () => {
      expect(judgeRound({ ...base, pseudo: { counts: [12, 0], prior: [0.8, 0.2] } }).verdict).toBe('accept');
      const classNames = Array.from({ length: 10 }, (_, c) => `class ${c}`);
      const many = Array.from({ length: 200 }, (_, i) => i % 10);
      // Class 3 loses four of its twenty images, every other class gains one.
      const teacher = many.map((c, i) => (c !== 3 && i < 10 ? -1 : c));
      const student = many.map((c, i) => (c === 3 && i < 40 ? -1 : c));
      expect(judgeRound({ ...base, classNames, truth: many, teacher, student })).toMatchObject({ verdict: 'accept' });
      expect(
        judgeRound({
          ...base,
          classNames,
          truth: many,
          teacher,
          student: many.map((c, i) => (c === 3 && i < 80 ? -1 : c)),
        }).reason,
      ).toMatch(/recall of "class 3"/);
    },
  );

  it('LEARN-3 holds without validation answers', () => {
    expect(judgeRound({ ...base, truth: [], teacher: [], student: [] }).verdict).toBe('hold');
  });
});

/** Three clouds of 40, 30 and 20 points. */
const clouds = () => {
  const random = createRandom(3);
  const centres = [
    [0, 0],
    [10, 0],
    [0, 10],
  ] as const;
  const rows = [40, 30, 20].flatMap((size, c) =>
    Array.from({ length: size }, () => [
      (centres[c]?.[0] ?? 0) + random.normal(),
      (centres[c]?.[1] ?? 0) + random.normal(),
    ]),
  );
  return { values: Float32Array.from(rows.flat()), count: rows.length, width: 2 };
};
/** A pool of one part. */
const WHOLE = { from: 0, to: 1 };
const cloudOf = (row: number): number => (row < 40 ? 0 : row < 70 ? 1 : 2);

describe('choosing for people', () => {
  it('finds clusters and spreads its draws', () => {
    const cluster = kMeans(clouds(), 3, createRandom(1));
    expect(new Set(Array.from(cluster.slice(0, 40))).size).toBe(1);
    expect(new Set(spreadOut(clouds(), 3, createRandom(1)).map(cloudOf)).size).toBe(3);
  });

  it('LEARN-5 asks first for typical images of the largest clusters without a label', () => {
    const points = clouds();
    expect(chooseTypical(points, [], 3, createRandom(1)).map(cloudOf)).toEqual([0, 1, 2]);
    expect(chooseTypical(points, [5, 50], 1, createRandom(1)).map(cloudOf)).toEqual([2]);
    expect(chooseTypical(points, [], 500, createRandom(1))).toHaveLength(90);
  });

  it('LEARN-6 mixes uncertain, rare and audited questions, each image once', () => {
    const random = createRandom(5);
    const probabilities = new Float32Array(90 * 3);
    for (let row = 0; row < 90; row += 1) {
      const p = 0.34 + random.next() * 0.6;
      probabilities.set([p, (1 - p) * 0.6, (1 - p) * 0.4], row * 3);
    }
    const questions = chooseQuestions({
      classCount: 3,
      probabilities,
      previous: null,
      embeddings: clouds(),
      prior: [0.5, 0.4, 0.1],
      quota: dealQuestions(40, random)(WHOLE),
      waiting: new Set(),
      random,
    });
    expect(new Set(questions.map((item) => item.row)).size).toBe(40);
    const count = (reason: string) => questions.filter((item) => item.reason === reason).length;
    expect(count('audit')).toBe(6);
    expect(count('rare-class')).toBe(6);
    expect(count('uncertain')).toBe(28);
    expect(questions.filter((item) => item.reason === 'audit').every((item) => item.drawProbability === 6 / 90)).toBe(
      true,
    );
  });

  it(
    'LEARN-6 keeps its mix in a pool of so many parts that each gets half a question, and its audits as likely ' +
      'everywhere',
    () => {
      const parts = Array.from({ length: 100 }, (_, i) => ({ from: i / 100, to: (i + 1) / 100 }));
      const drawn = parts.map(() => 0);
      for (let seed = 0; seed < 400; seed += 1) {
        const quotas = parts.map(dealQuestions(50, createRandom(seed)));
        const total = (of: 'count' | 'audits' | 'rare' | 'auditsExpected') =>
          quotas.reduce((sum, quota) => sum + quota[of], 0);
        expect([total('count'), total('audits'), total('rare')]).toEqual([50, 8, 8]);
        expect(total('auditsExpected')).toBeCloseTo(8);
        quotas.forEach(({ audits, rare, count }, i) => {
          drawn[i] = (drawn[i] ?? 0) + audits;
          expect(audits + rare).toBeLessThanOrEqual(count);
        });
      }
      // 32 audits a part are expected; five deviations of a Poisson count are 28.
      for (const n of drawn) expect(Math.abs(n - 32)).toBeLessThan(28);
    },
  );

  it('LEARN-6 audits images that wait in the queue like all others, and asks for none of them again', () => {
    const probabilities = Float32Array.from({ length: 90 * 3 }, (_, i) => (i % 3 === 0 ? 0.8 : 0.1));
    const waiting = new Set(Array.from({ length: 80 }, (_, row) => row));
    const questions = chooseQuestions({
      classCount: 3,
      probabilities,
      previous: null,
      embeddings: clouds(),
      prior: [0.4, 0.3, 0.3],
      waiting,
      random: createRandom(2),
      quota: { count: 40, audits: 20, rare: 4, auditsExpected: 20 },
    });
    expect(questions.some(({ row, reason }) => reason === 'audit' && waiting.has(row))).toBe(true);
    expect(questions.filter(({ row, reason }) => reason !== 'audit' && waiting.has(row))).toEqual([]);
    expect(new Set(questions.map(({ row }) => row)).size).toBe(questions.length);
  });

  it('LEARN-6 asks first where the answer moved since the last round, and calls it a flip', () => {
    const probabilities = Float32Array.from({ length: 90 * 3 }, (_, i) => (i % 3 === 0 ? 0.8 : 0.1));
    const previous = Array.from({ length: 90 }, (_, row) => (row < 10 ? 1 : 0));
    const questions = chooseQuestions({
      classCount: 3,
      probabilities,
      previous,
      embeddings: clouds(),
      prior: [0.4, 0.3, 0.3],
      quota: dealQuestions(10, createRandom(1))(WHOLE),
      waiting: new Set(),
      random: createRandom(2),
    });
    const flips = questions.filter((item) => item.reason === 'flip');
    expect(flips.length).toBeGreaterThan(0);
    expect(flips.every((item) => item.row < 10)).toBe(true);
    const steady = questions.filter((item) => item.reason === 'uncertain');
    for (const { priority } of steady) for (const flip of flips) expect(flip.priority).toBeGreaterThan(priority);
  });

  it('LEARN-7 suspects labels that another class explains better, the clearest first', () => {
    const probabilities = [0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.2, 0.8, 0.05, 0.95];
    expect(findSuspects(probabilities, [0, 0, 1, 1, 0], 2).map((item) => [item.row, item.suggested])).toEqual([[4, 1]]);
  });
});
