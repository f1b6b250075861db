import { expect, it } from 'vitest';
import { meanRows } from './choose-targets.ts';

it('LEARN-9 averages the answers of several models class by class', () => {
  const mean = meanRows([
    [0.9, 0.1, 0],
    [0.3, 0.1, 0.6],
  ]);
  [0.6, 0.1, 0.3].forEach((value, index) => expect(mean[index]).toBeCloseTo(value, 12));
  expect(meanRows([[0.2, 0.8]])).toEqual([0.2, 0.8]);
});
