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

function relayTo(heard: string[]) {
  let gaps = 0;
  const relay = startRelay({
    url: test.url, log: pino({ level: 'silent' }), onGap: () => { gaps += 1; },
    onEvent: (event) => {
      if (event.name === 'worker:changed' && event.workerId === 'broken') throw new Error('nobody can handle this');
      heard.push('workerId' in event ? event.workerId : event.name);
    },
  });
  return { relay, gaps: () => gaps };
}

it('ACCESS-11 the relay outlives an event that nobody can read or handle', async () => {
  const heard: string[] = [];
  const { relay } = relayTo(heard);
  await relay.ready;
  await test.pool.query('select pg_notify($1, $2)', [EVENT_CHANNEL, 'not json']);
  await notify(test.db, { name: 'worker:changed', workerId: 'broken' });
  await notify(test.db, { name: 'worker:changed', workerId: 'fine' });
  await expect.poll(() => heard).toEqual(['fine']);
  await relay.stop();
});

it('OPS-5 the relay opens a lost connection again and tells that events may have been missed', async () => {
  const heard: string[] = [];
  const { relay, gaps } = relayTo(heard);
  await relay.ready;
  await test.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`);
  await expect.poll(gaps, { timeout: 10_000 }).toBe(1);
  await notify(test.db, { name: 'worker:changed', workerId: 'after' });
  await expect.poll(() => heard).toEqual(['after']);
  await relay.stop();
});
