import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken } from '../auth/token.ts';
import { readEnv } from '../env.ts';
import { createTestServices } from '../testing/services.ts';
import type { TestServices } from '../testing/services.ts';
import { createListener } from './listener.ts';
import { createMetrics } from './metrics.ts';

let test: TestServices;
beforeAll(async () => (test = await createTestServices()));
afterAll(() => test.close());

/**
 * A server whose operator trusts these proxies, and what it answers to one who says to come from `forwarded`. The
 * connection itself is from 127.0.0.1.
 */
async function listen(
  proxies: string[],
  work: (ask: {
    signIn(forwarded: string): Promise<number>;
    link(forwarded: string): Promise<number>;
  }) => Promise<void>,
): Promise<void> {
  const services = { ...test.services, env: { ...test.services.env, PUPIL_TRUSTED_PROXIES: proxies } };
  await test.services.pool.query('delete from rate_limit');
  const http = createServer(
    createListener({
      services,
      metrics: createMetrics(services),
      pages: async (_req, res) => void res.writeHead(404).end(),
    }),
  );
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const headers = (forwarded: string) => ({
    'content-type': 'application/json',
    'x-forwarded-for': forwarded,
    'x-pupil-address': forwarded,
    forwarded: `for=${forwarded}`,
  });
  await work({
    // Without an address and a password: counted all the same, and no time goes into hashing.
    signIn: async (forwarded) =>
      (await fetch(`${origin}/api/auth/sign-in/email`, { method: 'POST', headers: headers(forwarded), body: '{}' }))
        .status,
    link: async (forwarded) =>
      (
        await fetch(
          `${origin}/api/trpc/people.checkInvitation?input=` +
            encodeURIComponent(JSON.stringify({ json: { token: makeToken() } })),
          { headers: headers(forwarded) },
        )
      ).status,
  });
  await new Promise((done) => http.close(done));
}

/** As if whoever has asked so far had asked as often as they may in a minute. */
const exhaust = () => test.services.pool.query('update rate_limit set count = 1000');

describe('ACCESS-17 the address that limits count by', () => {
  it('is the connection’s by default, whatever a request says', () =>
    listen([], async ({ signIn, link }) => {
      expect(await signIn('203.0.113.7')).toBe(400);
      expect(await link('203.0.113.7')).toBe(200);
      await exhaust();
      expect(await signIn('203.0.113.8')).toBe(429);
      expect(await link('203.0.113.8')).toBe(429);
    }));

  it('is the last one that a trusted proxy names: what a client wrote before it is passed over', () =>
    listen(['127.0.0.1'], async ({ signIn, link }) => {
      expect(await signIn('198.51.100.1, 203.0.113.7')).toBe(400);
      expect(await link('198.51.100.1, 203.0.113.7')).toBe(200);
      await exhaust();
      for (const spoofed of [
        '203.0.113.7',
        '198.51.100.2, 203.0.113.7',
        '127.0.0.1, 203.0.113.7',
        'nonsense, 203.0.113.7',
      ]) {
        expect(await signIn(spoofed)).toBe(429);
        expect(await link(spoofed)).toBe(429);
      }
      expect(await signIn('203.0.113.7, 203.0.113.8')).toBe(400);
      expect(await link('203.0.113.7, 203.0.113.8')).toBe(200);
    }));

  it('is found behind several trusted proxies, and is the connection’s when that is none of them', async () => {
    await listen(['127.0.0.1', '10.0.0.0/24'], async ({ link }) => {
      expect(await link('198.51.100.1, 203.0.113.7, 10.0.0.1')).toBe(200);
      await exhaust();
      expect(await link('203.0.113.7, 10.0.0.2')).toBe(429);
      expect(await link('203.0.113.7, 10.0.1.1')).toBe(200);
    });
    await listen(['10.0.0.0/24'], async ({ link }) => {
      expect(await link('203.0.113.7, 10.0.0.1')).toBe(200);
      await exhaust();
      expect(await link('203.0.113.8, 10.0.0.1')).toBe(429);
    });
  });

  it('is one for all that share the first 64 bits of an IPv6 address', () =>
    listen(['127.0.0.1'], async ({ link }) => {
      expect(await link('2001:db8:0:1::1')).toBe(200);
      await exhaust();
      expect(await link('2001:db8:0:1:ffff::1')).toBe(429);
      expect(await link('2001:db8:0:2::1')).toBe(200);
    }));

  it('may be named by proxies given as addresses and ranges only', () => {
    const read = (list?: string) =>
      readEnv({
        NODE_ENV: 'test',
        DATABASE_URL: 'postgres://x',
        PUPIL_SECRET: 'x'.repeat(32),
        PUPIL_TRUSTED_PROXIES: list,
      }).PUPIL_TRUSTED_PROXIES;
    expect(read()).toEqual([]);
    expect(read(' 127.0.0.1, 10.0.0.0/24 ,::1')).toEqual(['127.0.0.1', '10.0.0.0/24', '::1']);
    for (const list of ['true', '1', 'proxy.example', '10.0.0.0/33', '127.0.0.1;10.0.0.1'])
      expect(() => read(list)).toThrow('Name addresses or ranges');
  });
});
