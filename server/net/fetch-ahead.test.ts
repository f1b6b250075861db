import { expect, it } from 'vitest';
import { fetchAhead } from './fetch-ahead.ts';

it('SOURCE-6 objects come in their order, a few ahead, and a failure stands where its object would', async () => {
  let [began, most] = [0, 0];
  const got: number[] = [];
  const read = async () => {
    for await (const item of fetchAhead(
      Array.from({ length: 40 }, (_, at) => at),
      async (at) => {
        began += 1;
        // Later ones are there sooner.
        for (let turn = 0; turn < 40 - at; turn += 1) await Promise.resolve();
        if (at === 20) throw new Error('broken');
        return at;
      },
    )) {
      got.push(item);
      most = Math.max(most, began - got.length);
    }
  };
  await expect(read()).rejects.toThrow('broken');
  expect(got).toEqual(Array.from({ length: 20 }, (_, at) => at));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});
