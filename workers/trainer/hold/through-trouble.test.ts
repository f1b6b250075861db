import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { throughTrouble } from './through-trouble.ts';

const PACE = { patienceMs: 60_000, firstMs: 1, longestMs: 4 };

/** Work that fails so and so, try by try, each after a while, and then is done. */
function failing(errors: readonly Error[], ms = 0) {
  const state = { tries: 0, told: [] as string[] };
  const work = async (): Promise<string> => {
    const error = errors[state.tries];
    state.tries += 1;
    if (ms > 0) await new Promise((then) => setTimeout(then, ms));
    if (error) throw error;
    return 'done';
  };
  return { state, run: () => throughTrouble(work, ({ message }) => state.told.push(message), PACE) };
}

test('OPS-45 a full disk and a storage that does not answer are waited for, whatever is being done', async () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const away = new AppError('UNAVAILABLE', { plain: 'The storage of images does not answer just now.' });
  const { state, run } = failing([full, full, full, full, full, away]);
  expect(await run()).toBe('done');
  expect(state.told).toHaveLength(6);
  expect(state.told[0]).toMatch(/disk of the server is full/);
});

test('RUN-57 a process that ended after a while is started anew; one that ends at once is not, here', async () => {
  const ended = new Error('The learning process ended unexpectedly (SIGKILL).');
  const long = failing([ended, ended, ended, ended, ended, ended], PACE.longestMs * 3);
  expect(await long.run()).toBe('done');
  const soon = failing([ended]);
  await expect(soon.run()).rejects.toBe(ended);
  // What ends again and again is given up in the end.
  const always = failing(
    Array.from({ length: 99 }, () => ended),
    PACE.longestMs * 3,
  );
  await expect(always.run()).rejects.toBe(ended);
  expect(always.state.tries).toBe(11);
});

test('what would fail again is thrown at once', async () => {
  const large = new AppError('TOO_LARGE', { plain: 'Learning ran out of memory.' });
  await expect(failing([large]).run()).rejects.toBe(large);
});
