import { describe, expect, it } from 'vitest';
import { argmaxRows, softmax } from '#core/math/probabilities.ts';
import { answerPool, fitTeacher, prepareTeacher } from './index.ts';
import { noisyHeadLogits, trainNoisyHead } from './noisy-head.ts';
import { drawBlobs, drawLabels } from './testing.ts';

describe('a noisy head on features', () => {
  const { points, truth } = drawBlobs({ count: 300, classes: 3, width: 16, apart: 3.5, seed: 2 });
  const prepared = prepareTeacher([points]);
  const rows = drawLabels(truth, 5, 1);
  const labeled = { rows, classes: rows.map((row) => truth[row] ?? 0) };
  const open = truth.map((_, row) => row).filter((row) => !rows.includes(row));
  const answers = answerPool(prepared, fitTeacher(prepared, { ...labeled, classCount: 3 }));
  const targets = Float32Array.from(open.flatMap((row) => [...answers.subarray(row * 3, row * 3 + 3)]));
  const task = {
    views: [prepared.nodes],
    labeled,
    pseudo: { rows: open, targets },
    classes: 3,
    hidden: 24,
    steps: 150,
    seed: 4,
  };
  const shareRight = (values: ArrayLike<number>): number =>
    [...argmaxRows(values, 3)].filter((answer, row) => answer === truth[row]).length / truth.length;

  it('learns what its teacher knows', () => {
    const student = noisyHeadLogits(trainNoisyHead(task), prepared.nodes);
    expect(shareRight(student)).toBeGreaterThan(shareRight(answers) - 0.03);
    expect(softmax(student, 3).every(Number.isFinite)).toBe(true);
  });

  it('is the same for the same seed, another for another', () => {
    const [first, second, other] = [4, 4, 5].map((seed) => trainNoisyHead({ ...task, steps: 20, seed }));
    expect(second).toEqual(first);
    expect(other?.inner).not.toEqual(first?.inner);
  });

  it('learns from labels alone', () => {
    const alone = trainNoisyHead({ ...task, pseudo: { rows: [], targets: new Float32Array(0) } });
    expect(shareRight(noisyHeadLogits(alone, prepared.nodes))).toBeGreaterThan(0.6);
  });
});
