import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from './postgres.ts';

let dataDir = '';
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'pupil-embedded-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

const serverPid = (): number =>
  Number(readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);

test(
  'two users share one server, the last one stops it, and a later start finds the data on the same ' + 'port',
  async () => {
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    const second = await startEmbeddedPostgres({ dataDir, durable: false });
    expect([first.reused, second.reused]).toEqual([false, true]);
    expect(second.url).toBe(first.url);
    await ask(first.url, `create table kept as select 'É' as word`);
    await first.stop();
    expect(await ask(second.url, 'select lower(word) from kept')).toBe('é');
    await second.stop();
    await expect(ask(second.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);

    const third = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(third.url).toBe(first.url);
    expect(await ask(third.url, 'select word from kept')).toBe('É');
    await third.stop();
  },
);

test('OPS-4 the password is asked for, kept for our eyes only, and nothing listens outside this machine', async () => {
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  expect(statSync(join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600);
  await expect(ask(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
    /password authentication failed/,
  );
  expect(await ask(server.url, 'show listen_addresses')).toBe('127.0.0.1');
  await server.stop();
  expect(readdirSync(join(dataDir, 'postgres/users'))).toEqual([]);
});

test('OPS-4 a server that was killed starts again with what it had acknowledged', async () => {
  const before = await startEmbeddedPostgres({ dataDir });
  await ask(before.url, 'create table survivor as select 42 as answer');
  process.kill(serverPid(), 'SIGKILL');
  const after = await startEmbeddedPostgres({ dataDir });
  expect(await ask(after.url, 'select answer from survivor')).toBe(42);
  await after.stop();
  await before.stop();
  expect(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid'))).toBe(false);
});
