import { describe, expect, it } from 'vitest';
import { argmaxRows, softmax } from '#core/math/probabilities.ts';
import { createRandom } from '#core/math/random.ts';
import type { Points } from '../selection/k-means.ts';
import {
  answerPoints,
  answerPool,
  applyTransform,
  fitTeacher,
  orderNext,
  prepareBytes,
  prepareTeacher,
} from './index.ts';
import { probeLogits } from './probe.ts';
import { drawBlobs, drawLabels } from './testing.ts';

const CLASSES = 4;
const blobs = drawBlobs({ count: 600, classes: CLASSES, width: 24, apart: 3.5, seed: 3 });
const prepared = prepareTeacher([blobs.points]);

const accuracyOf = (
  probabilities: ArrayLike<number>,
  truth: readonly number[],
  without: readonly number[] = [],
): number => {
  const answered = argmaxRows(probabilities, CLASSES);
  const asked = truth.map((_, row) => row).filter((row) => !without.includes(row));
  return asked.filter((row) => answered[row] === truth[row]).length / asked.length;
};

const answersOf = (rows: readonly number[], truth = blobs.truth) => ({
  rows,
  classes: rows.map((row) => truth[row] ?? 0),
  classCount: CLASSES,
});

describe('the live teacher', () => {
  it('TEACHER-8 answers the pool with probabilities, the same for the same seed', () => {
    const labeled = drawLabels(blobs.truth, 5, 1);
    const [first, second] = [1, 1].map((seed) =>
      answerPool(prepared, fitTeacher(prepared, answersOf(labeled), { seed })),
    );
    expect(first).toEqual(second);
    for (let row = 0; row < 600; row += 1) {
      const own = Array.from(first?.subarray(row * CLASSES, (row + 1) * CLASSES) ?? []);
      expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(own.every((p) => p >= 0)).toBe(true);
    }
  });

  it('TEACHER-8 does not care in which order people answered', () => {
    const labeled = drawLabels(blobs.truth, 5, 1);
    const mixed = createRandom(9).shuffle(labeled);
    const [one, other] = [labeled, mixed].map((rows) => fitTeacher(prepared, answersOf(rows)));
    expect(other).toEqual(one);
  });

  it('finds the same whatever the order of the images', () => {
    const order = createRandom(4).shuffle(blobs.truth.map((_, row) => row));
    const { width } = blobs.points;
    const values = new Float32Array(blobs.points.values.length);
    order.forEach((from, to) => values.set(blobs.points.values.subarray(from * width, (from + 1) * width), to * width));
    const moved = prepareTeacher([{ values, count: order.length, width }]);
    const labeled = drawLabels(blobs.truth, 5, 1);
    const place = new Map(order.map((from, to) => [from, to]));
    const movedLabels = labeled.map((row) => place.get(row) ?? 0);
    const truth = order.map((row) => blobs.truth[row] ?? 0);
    const straight = accuracyOf(answerPool(prepared, fitTeacher(prepared, answersOf(labeled))), blobs.truth, labeled);
    const turned = accuracyOf(answerPool(moved, fitTeacher(moved, answersOf(movedLabels, truth))), truth, movedLabels);
    expect(Math.abs(turned - straight)).toBeLessThan(0.01);
  });

  it.each([1, 2, 5, 20])('with %i labels a class is better than its probe alone, or as good', (perClass) => {
    const gains = [1, 2, 3, 4, 5].map((seed) => {
      const labeled = drawLabels(blobs.truth, perClass, seed);
      const teacher = fitTeacher(prepared, answersOf(labeled));
      const alone = softmax(probeLogits(teacher.probe, prepared.nodes), CLASSES);
      return accuracyOf(answerPool(prepared, teacher), blobs.truth, labeled) - accuracyOf(alone, blobs.truth, labeled);
    });
    expect(gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toBeGreaterThan(-0.005);
  });

  it('with one label a class gains much from the images that nobody labeled', () => {
    const gains = [1, 2, 3].map((seed) => {
      const labeled = drawLabels(blobs.truth, 1, seed);
      const teacher = fitTeacher(prepared, answersOf(labeled));
      const alone = softmax(probeLogits(teacher.probe, prepared.nodes), CLASSES);
      return accuracyOf(answerPool(prepared, teacher), blobs.truth, labeled) - accuracyOf(alone, blobs.truth, labeled);
    });
    expect(Math.min(...gains)).toBeGreaterThan(0.03);
  });

  it('TEACHER-9 is as sure as it is right, and expects what is true', () => {
    const labeled = drawLabels(blobs.truth, 25, 2);
    const teacher = fitTeacher(prepared, answersOf(labeled));
    const truly = accuracyOf(answerPool(prepared, teacher), blobs.truth, labeled);
    expect(teacher.calibrationError).toBeLessThan(0.08);
    expect(teacher.expected?.labels).toBe(100);
    expect(teacher.expected?.interval[0]).toBeLessThan(truly);
    expect(teacher.expected?.interval[1]).toBeGreaterThan(truly);
  });

  it('TEACHER-9 expects nothing of one answer a class', () => {
    const teacher = fitTeacher(prepared, answersOf(drawLabels(blobs.truth, 1, 1)));
    expect(teacher.expected).toBeNull();
    expect(teacher.calibrationError).toBeNull();
  });

  it('says what more labels should bring: less than none never, with an interval around it', () => {
    const curve = fitTeacher(prepared, answersOf(drawLabels(blobs.truth, 15, 1))).curve;
    expect(curve?.points.map(({ labels }) => labels)).toEqual([12, 24, 36, 48]);
    expect(curve?.next.labels).toBe(110);
    expect(curve?.gain.accuracy).toBeGreaterThanOrEqual(0);
    expect(curve?.gain.interval[0]).toBeLessThanOrEqual(curve?.gain.accuracy ?? 0);
    expect(curve?.gain.interval[1]).toBeGreaterThanOrEqual(curve?.gain.accuracy ?? 1);
  });

  it('answers about images that it never saw as well as about the pool', () => {
    const both = drawBlobs({ count: 900, classes: CLASSES, width: 24, apart: 3.5, seed: 3 });
    const cut = (from: number, to: number): Points => ({
      values: both.points.values.slice(from * 24, to * 24),
      count: to - from,
      width: 24,
    });
    const pool = prepareTeacher([cut(0, 600)]);
    const labeled = drawLabels(both.truth.slice(0, 600), 5, 1);
    const teacher = fitTeacher(pool, answersOf(labeled, both.truth));
    if (!pool.transform) throw new Error('A pool of features has a transform.');
    const answered = answerPoints(pool, teacher, applyTransform(pool.transform, [cut(600, 900)]));
    const known = accuracyOf(answerPool(pool, teacher), both.truth.slice(0, 600), labeled);
    expect(accuracyOf(answered, both.truth.slice(600))).toBeGreaterThan(known - 0.06);
  });

  it('takes its temperature from validation too, and measures itself there', () => {
    const labeled = drawLabels(blobs.truth, 3, 1);
    const rows = blobs.truth
      .map((_, row) => row)
      .filter((row) => !labeled.includes(row))
      .slice(0, 200);
    const validation = { points: prepared.read(rows), classes: rows.map((row) => blobs.truth[row] ?? 0) };
    const teacher = fitTeacher(prepared, answersOf(labeled), { validation });
    expect(teacher.validation?.count).toBe(200);
    expect(teacher.validation?.calibrationError).toBeLessThan(0.1);
    expect(teacher.validation?.interval[1]).toBeGreaterThan(teacher.validation?.accuracy ?? 1);
  });

  it('TEACHER-11 suspects answers that were given wrongly, by the image', () => {
    const labeled = drawLabels(blobs.truth, 20, 5);
    const answers = answersOf(labeled);
    const wrong = [labeled[3] ?? 0, labeled[41] ?? 0];
    const classes = answers.classes.map((c, i) => (wrong.includes(labeled[i] ?? -1) ? (c + 1) % CLASSES : c));
    const suspects = fitTeacher(prepared, { ...answers, classes }).suspects.map(({ row }) => row);
    expect(suspects).toEqual(expect.arrayContaining(wrong));
    expect(suspects.length).toBeLessThan(12);
  });

  it('learns from a single class and from a class with a single answer without failing', () => {
    expect(answerPool(prepared, fitTeacher(prepared, answersOf([0, 4]))).every(Number.isFinite)).toBe(true);
    expect(answerPool(prepared, fitTeacher(prepared, answersOf([0, 4, 1, 5, 2]))).every(Number.isFinite)).toBe(true);
  });

  it('works for a pool of three images, and of equal ones', () => {
    const three = prepareTeacher([{ values: Float32Array.of(1, 0, 0, 1, 1, 1), count: 3, width: 2 }]);
    const equal = prepareTeacher([{ values: new Float32Array(20).fill(1), count: 10, width: 2 }]);
    for (const one of [three, equal]) {
      const teacher = fitTeacher(one, { rows: [0, 1], classes: [0, 1], classCount: 2 });
      expect(answerPool(one, teacher).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('what is asked next', () => {
  const all = blobs.truth.map((_, row) => row);

  it('TEACHER-10 never is an image that has an answer or may not be asked about, nor twice the same', () => {
    for (const perClass of [0, 1, 10]) {
      const labeled = drawLabels(blobs.truth, perClass, 1);
      const open = all.filter((row) => !labeled.includes(row) && row % 3 !== 0);
      const teacher = perClass > 0 ? fitTeacher(prepared, answersOf(labeled)) : null;
      const known = teacher && { probabilities: answerPool(prepared, teacher), classes: CLASSES };
      const order = orderNext(prepared, known, { open, labeled, count: 30 });
      expect(order).toHaveLength(30);
      expect(new Set(order).size).toBe(30);
      expect(order.every((row) => open.includes(row))).toBe(true);
    }
  });

  it('TEACHER-10 starts with typical images, one of each cloud', () => {
    const apart = drawBlobs({ count: 200, classes: CLASSES, width: 24, apart: 8, seed: 6 });
    const pool = prepareTeacher([apart.points]);
    const order = orderNext(pool, null, { open: apart.truth.map((_, row) => row), labeled: [], count: CLASSES });
    expect(new Set(order.map((row) => apart.truth[row])).size).toBe(CLASSES);
  });

  it('TEACHER-10 turns to doubtful images once classes have answers', () => {
    const labeled = drawLabels(blobs.truth, 10, 1);
    const probabilities = answerPool(prepared, fitTeacher(prepared, answersOf(labeled)));
    const open = all.filter((row) => !labeled.includes(row));
    const surest = (rows: readonly number[]): number =>
      rows.reduce((sum, row) => sum + Math.max(...probabilities.subarray(row * CLASSES, (row + 1) * CLASSES)), 0) /
      rows.length;
    const order = orderNext(prepared, { probabilities, classes: CLASSES }, { open, labeled, count: 20 });
    expect(surest(order)).toBeLessThan(surest(open));
  });

  it('gives what is left when less is open than asked for', () => {
    expect(orderNext(prepared, null, { open: [5, 9], labeled: [], count: 30 }).sort((a, b) => a - b)).toEqual([5, 9]);
    expect(orderNext(prepared, null, { open: [], labeled: [], count: 30 })).toEqual([]);
  });
});

describe('compact embeddings', () => {
  it('of a pool larger than its graph are all answered', () => {
    const many = drawBlobs({ count: 2400, classes: CLASSES, width: 16, apart: 5, seed: 8 });
    const bytes = Int8Array.from(many.points.values, (value) => Math.max(-127, Math.min(127, Math.round(value * 16))));
    const pool = prepareBytes(bytes, 16, { graphRows: 1500 });
    expect(pool.nodes.count).toBe(1500);
    const off = many.truth.map((_, row) => row).filter((row) => !pool.nodeRows.includes(row));
    const labeled = [...drawLabels(many.truth, 3, 1), ...off.slice(0, 4)];
    const teacher = fitTeacher(pool, answersOf(labeled, many.truth));
    const answered = answerPool(pool, teacher);
    const right = argmaxRows(answered, CLASSES);
    const share = off.filter((row) => right[row] === many.truth[row]).length / off.length;
    expect(share).toBeGreaterThan(0.95);
    expect(Math.abs(share - accuracyOf(answered, many.truth, off))).toBeLessThan(0.03);
  });
});
