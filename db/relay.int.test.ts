import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EVENT_CHANNEL } from '#core/events.ts';
import { notify } from '#db/notify.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { startRelay } from './relay.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

function relayTo(heard: string[], options: { url?: string; beatMs?: number; patienceMs?: number } = {}) {
  let gaps = 0;
  const relay = startRelay({
    url: test.url,
    ...options,
    log: pino({ level: 'silent' }),
    onGap: () => {
      gaps += 1;
    },
    onEvent: (event) => {
      if (event.name === 'trainer:changed' && event.trainerId === 'broken') throw new Error('nobody can handle this');
      heard.push('trainerId' in event ? event.trainerId : event.name);
    },
  });
  return { relay, gaps: () => gaps };
}

it('ACCESS-11 the relay outlives an event that nobody can read or handle', async () => {
  const heard: string[] = [];
  const { relay } = relayTo(heard);
  await relay.ready;
  await test.pool.query('select pg_notify($1, $2)', [EVENT_CHANNEL, 'not json']);
  await notify(test.db, { name: 'trainer:changed', trainerId: 'broken' });
  await notify(test.db, { name: 'trainer:changed', trainerId: 'fine' });
  await expect.poll(() => heard).toEqual(['fine']);
  await relay.stop();
});

it('OPS-5 the relay opens a lost connection again and tells that events may have been missed', async () => {
  const heard: string[] = [];
  const { relay, gaps } = relayTo(heard);
  await relay.ready;
  await test.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like ` +
      `'listen %'`,
  );
  await expect.poll(gaps, { timeout: 10_000 }).toBe(1);
  await notify(test.db, { name: 'trainer:changed', trainerId: 'after' });
  await expect.poll(() => heard).toEqual(['after']);
  await relay.stop();
});

/**
 * Stands between a client and the database; what is connected when it is silenced hears nothing any more, and is never
 * told so.
 */
async function openProxy(url: string) {
  const target = new URL(url);
  const through = new URL(url);
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((near) => {
    opened += 1;
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    opened: () => opened,
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

it(
  'OPS-10 the relay notices a connection that dies without a word, opens another and tells that events may have ' +
    'been missed',
  async () => {
    const proxy = await openProxy(test.url);
    const heard: string[] = [];
    const { relay, gaps } = relayTo(heard, { url: proxy.url, beatMs: 50, patienceMs: 500 });
    await relay.ready;
    proxy.silence();
    await notify(test.db, { name: 'trainer:changed', trainerId: 'missed' });
    await expect.poll(gaps, { timeout: 10_000 }).toBe(1);
    await notify(test.db, { name: 'trainer:changed', trainerId: 'after' });
    await expect.poll(() => heard).toEqual(['after']);
    expect(proxy.opened()).toBe(2);
    await relay.stop();
    proxy.close();
  },
);
