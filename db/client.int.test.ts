import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inOneTrip, openDatabase } from './client.ts';
import type { Database, Db } from './client.ts';
import { createTestDatabase } from './testing/database.ts';
import type { TestDatabase } from './testing/database.ts';
import { watchRoundTrips } from './testing/round-trips.ts';
import type { RoundTrips } from './testing/round-trips.ts';
import { execute, number } from './execute.ts';

let test: TestDatabase;
let one: Database;
let seen: RoundTrips;
beforeAll(async () => {
  test = await createTestDatabase();
  await test.pool.query('create table thing (id int primary key)');
  one = openDatabase(test.url, { max: 1 });
  seen = watchRoundTrips(one.pool);
});
afterAll(async () => {
  await one.close();
  await test.close();
});
beforeEach(() => test.pool.query('truncate thing'));

const add = async (db: Db, id: number) => (await db.execute(sql`insert into thing values (${id})`)).rowCount;
const read = async (db: Db) =>
  (await execute(db, sql`select id from thing order by id`, { id: number })).map(({ id }) => id);
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : error instanceof Error ? codeOf(error.cause) : null;

describe('statements in one trip', () => {
  it('run in order, and each sees what the one before did', async () => {
    expect(await one.db.transaction((tx) => inOneTrip([read(tx), add(tx, 1), read(tx), add(tx, 2), read(tx)]))).toEqual(
      [[], 1, [1], 1, [1, 2]],
    );
    const before = seen.count;
    await one.db.transaction((tx) => inOneTrip([add(tx, 3), add(tx, 4), read(tx)]));
    expect(seen.count - before).toBe('begin, statements, commit'.split(',').length);
  });

  it('fail with the error of the first that failed, undo all, and leave the connection usable', async () => {
    // More often than it takes for a statement to be kept by name: one that was parsed in a transaction that failed is
    // parsed anew.
    for (let time = 0; time < 6; time += 1) {
      const sent = one.db.transaction((tx) =>
        inOneTrip([
          add(tx, 1),
          add(tx, 1),
          read(tx),
          tx.execute(sql`select 'kept' as never_before_${sql.raw(String(time % 2))}`),
        ]),
      );
      expect(await sent.then(() => null, codeOf)).toBe('23505');
      expect(await read(one.db)).toEqual([]);
    }
    expect(await one.db.transaction((tx) => inOneTrip([add(tx, 1), read(tx)]))).toEqual([1, [1]]);
    expect(one.pool.totalCount).toBe(1);
  });

  it('fail together when their connection is lost, and the pool opens another', async () => {
    const killed = one.db.transaction((tx) =>
      inOneTrip([add(tx, 1), tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`), read(tx)]),
    );
    await expect(killed).rejects.toThrow();
    expect(await read(one.db)).toEqual([]);
  });
});
