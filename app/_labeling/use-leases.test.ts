import { expect, it, vi } from 'vitest';
import { Outbox } from './outbox/outbox.ts';
import { giveBack } from './use-leases.ts';

const decision = { id: 'a', imageId: 'image', kind: 'decide' as const, classId: 'cat', token: 1 };

function setUp() {
  const happened: string[] = [];
  let answer: () => void = () => undefined;
  const outbox = new Outbox(
    { list: async () => [], put: async () => undefined, remove: async () => undefined },
    {
      submit: (all) =>
        new Promise((resolve) => {
          answer = () => {
            happened.push('submitted');
            resolve(all.map(({ id }) => ({ id, ok: true })));
          };
        }),
      undo: () => Promise.reject(new Error('nothing to undo')),
      readError: () => ({ title: '', message: '', requestId: null, code: 'NETWORK' }),
    },
    { changed: vi.fn(), settled: vi.fn(), refused: vi.fn(), undone: vi.fn() },
  );
  const leases = {
    drained: (patienceMs: number) => outbox.drained(patienceMs),
    release: () => Promise.resolve(happened.push('released')),
  };
  return { outbox, leases, happened, answer: () => answer() };
}

it('LEASE-12 leases are given back once every answer is on the server', async () => {
  const { outbox, leases, happened, answer } = setUp();
  outbox.submit(decision);
  const given = giveBack(leases, 5000);
  await vi.waitFor(() => expect(outbox.unsentImages()).toEqual(new Set(['image'])));
  expect(happened).toEqual([]);
  await vi.waitFor(() => {
    answer();
    expect(happened).toContain('submitted');
  });
  expect(await given).toBe(true);
  expect(happened.at(-1)).toBe('released');
});

it('LEASE-12 leases of answers that stay unsent are kept', async () => {
  const { outbox, leases, happened } = setUp();
  outbox.submit(decision);
  expect(await giveBack(leases, 20)).toBe(false);
  expect(await giveBack(leases, 0)).toBe(false);
  expect(happened).toEqual([]);
});
