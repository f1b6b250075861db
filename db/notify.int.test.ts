import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EVENT_CHANNEL } from '#core/events.ts';
import type { DomainEvent } from '#core/events.ts';
import { transactAndAnnounce } from './notify.ts';
import { createTestDatabase } from './testing/database.ts';
import type { TestDatabase } from './testing/database.ts';
import { execute, number } from './execute.ts';

const EVENT: DomainEvent = { name: 'project:changed', projectId: '00000000-0000-4000-8000-000000000001' };

let test: TestDatabase;
let listener: Client;
/** What stood in the table when each event was heard. */
let heard: Promise<number>[];
const count = async (): Promise<number> =>
  Number((await test.pool.query<{ n: string }>('select count(*) as n from thing')).rows[0]?.n);
beforeAll(async () => {
  test = await createTestDatabase();
  await test.pool.query('create table thing (id int primary key)');
  listener = new Client({ connectionString: test.url });
  listener.on('notification', () => heard.push(count()));
  await listener.connect();
  await listener.query(`listen ${EVENT_CHANNEL}`);
});
beforeEach(async () => {
  heard = [];
  await test.pool.query('truncate thing');
});
afterAll(async () => {
  await listener.end();
  await test.close();
});
/** A backend passes on what it was told before it answers again. */
const hear = async () => {
  await listener.query('select 1');
  return Promise.all(heard);
};

describe('an announced transaction', () => {
  it('tells what failed first, also where the connection is lost and nothing can be rolled back', async () => {
    const work = transactAndAnnounce(test.pool, async ({ tx }) => {
      const rows = await execute(tx, sql`select pg_backend_pid() as pid`, { pid: number });
      await test.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      throw new Error('what happened first');
    });
    await expect(work).rejects.toThrow('what happened first');
    expect(await count()).toBe(0);
  });

  it('is heard once it is committed, and not before', async () => {
    const result = await transactAndAnnounce(test.pool, async ({ tx, announce }) => {
      announce([EVENT, EVENT]);
      await tx.execute(sql`insert into thing values (1)`);
      expect(await hear()).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    // The same event twice in one transaction is heard once.
    expect(await hear()).toEqual([1]);
  });

  it('is never heard when it fails, whatever failed', async () => {
    const failures = [
      transactAndAnnounce(test.pool, async ({ tx, announce }) => {
        await tx.execute(sql`insert into thing values (1)`);
        announce([EVENT]);
        throw new Error('refused');
      }),
      transactAndAnnounce(test.pool, async ({ tx, announce }) => {
        announce([EVENT]);
        await tx.execute(sql`insert into thing values (2), (2)`);
      }),
      transactAndAnnounce(test.pool, async ({ tx, announce }) => {
        announce([EVENT]);
        await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
      }),
      transactAndAnnounce(test.pool, ({ tx }) => tx.transaction(() => Promise.resolve())),
    ];
    expect((await Promise.allSettled(failures)).map(({ status }) => status)).toEqual(failures.map(() => 'rejected'));
    expect(await hear()).toEqual([]);
    expect(await count()).toBe(0);
  });
});
