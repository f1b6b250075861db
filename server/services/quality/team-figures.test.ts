import { expect, it, vi } from 'vitest';
import { computeAgreement, createTeamFigures } from './team-figures.ts';

const nobody = { tallies: [], recent: [], agreement: computeAgreement([]) };

it(
  'ANNOTATION-16 figures are computed once for all who ask at a time, kept ten times as long as they took, and ' +
    'asked for again after a failure',
  async () => {
    let now = 0;
    let took = 10;
    const compute = vi.fn(async () => {
      now += took;
      return nobody;
    });
    const figures = createTeamFigures(compute, () => now);
    await Promise.all([figures.find('a'), figures.find('a'), figures.find('b')]);
    expect(compute).toHaveBeenCalledTimes(2);
    now += 4900;
    expect(await figures.find('a')).toMatchObject({ ageMs: 4920 });
    expect(compute).toHaveBeenCalledTimes(2);
    now += 200;
    took = 2000;
    await figures.find('a');
    now += 19_000;
    await figures.find('a');
    expect(compute).toHaveBeenCalledTimes(3);
    now += 2000;
    compute.mockRejectedValueOnce(new Error('no database'));
    await expect(figures.find('a')).rejects.toThrow('no database');
    expect(await figures.find('a')).toEqual({ ...nobody, ageMs: 2000 });
  },
);

it('ANNOTATION-16 tells the twelve pairs of people with most images in common', () => {
  const answers = Array.from({ length: 8 }, (_, person) =>
    Array.from({ length: 10 - person }, (_each, image) => ({
      imageId: `image ${image}`,
      memberId: `person ${person}`,
      classIds: ['cat'],
    })),
  ).flat();
  const { pairs } = computeAgreement(answers);
  expect(pairs.map(({ images }) => images)).toEqual([9, 8, 8, 7, 7, 7, 6, 6, 6, 6, 5, 5]);
  expect(pairs[0]).toMatchObject({ first: 'person 0', second: 'person 1' });
});
