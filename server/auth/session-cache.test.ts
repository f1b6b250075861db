import { expect, it, vi } from 'vitest';
import { createSessionCache } from './session-cache.ts';
import type { SignedIn } from './session-cache.ts';

const anna: SignedIn = {
  userId: 'anna',
  name: 'Anna',
  email: '',
  memberId: null,
  accessId: 'session-1',
  expiresAt: Infinity,
};

it('ACCESS-12 asks once in a while, and again as soon as the access has ended', async () => {
  let now = 0;
  const cache = createSessionCache(() => now);
  const load = vi.fn(async (): Promise<SignedIn | null> => anna);
  expect(await cache.find('key', load)).toBe(anna);
  expect(await cache.find('key', load)).toBe(anna);
  expect(load).toHaveBeenCalledTimes(1);
  cache.end('session-2');
  await cache.find('key', load);
  expect(load).toHaveBeenCalledTimes(1);
  cache.end('session-1');
  load.mockResolvedValueOnce(null);
  expect(await cache.find('key', load)).toBeNull();
  expect(await cache.find('key', load)).toBe(anna);
  expect(load).toHaveBeenCalledTimes(3);
  now = 10_001;
  await cache.find('key', load);
  expect(load).toHaveBeenCalledTimes(4);
});

it(
  'ACCESS-12 keeps nothing that was looked up while an access ended, and nothing beyond a session’s own ' + 'time',
  async () => {
    let now = 0;
    const cache = createSessionCache(() => now);
    await cache.find('key', async () => {
      cache.end('session-1');
      return anna;
    });
    const load = vi.fn(async () => ({ ...anna, expiresAt: 5 }));
    await cache.find('key', load);
    expect(load).toHaveBeenCalledTimes(1);
    now = 6;
    await cache.find('key', load);
    expect(load).toHaveBeenCalledTimes(2);
  },
);
