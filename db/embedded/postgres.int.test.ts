import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

test('OPS-47 a database whose password is lost is not given another one, which would open nothing', async () => {
  const file = join(dataDir, 'postgres/password');
  await (await startEmbeddedPostgres({ dataDir, durable: false })).stop();
  const kept = readFileSync(file);
  rmSync(file);
  await expect(startEmbeddedPostgres({ dataDir, durable: false })).rejects.toThrow(/is missing.*from a backup/);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, '');
  await expect(startEmbeddedPostgres({ dataDir, durable: false })).rejects.toThrow(/is empty/);
  writeFileSync(file, kept);
  await (await startEmbeddedPostgres({ dataDir, durable: false })).stop();
});

test('OPS-40 a copy of a running folder gets a server of its own, and its lock file names nobody', async () => {
  const original = await startEmbeddedPostgres({ dataDir });
  await ask(original.url, 'create table copied as select 1 as n');
  const copyDir = mkdtempSync(join(tmpdir(), 'pupil-copied-'));
  try {
    cpSync(dataDir, copyDir, { recursive: true, preserveTimestamps: true });
    const copy = await startEmbeddedPostgres({ dataDir: copyDir });
    expect(copy.url).not.toBe(original.url);
    await ask(copy.url, 'insert into copied values (2)');
    expect(await ask(original.url, 'select count(*)::int from copied')).toBe(1);
    await copy.stop();
    await expect(ask(copy.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    expect(await ask(original.url, 'select 1')).toBe(1);
  } finally {
    await original.stop();
    rmSync(copyDir, { recursive: true, force: true });
  }
});

test('OPS-40 a stale lock file that names the living server of another folder does not stop that one', async () => {
  const other = await startEmbeddedPostgres({ dataDir });
  const lock = readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n');
  const mineDir = mkdtempSync(join(tmpdir(), 'pupil-stale-'));
  try {
    await (await startEmbeddedPostgres({ dataDir: mineDir })).stop();
    const folder = join(mineDir, 'postgres/cluster');
    // As after a restart of the machine: our folder, a number that is another's by now.
    writeFileSync(join(folder, 'postmaster.pid'), [lock[0], folder, ...lock.slice(2)].join('\n'));
    const mine = await startEmbeddedPostgres({ dataDir: mineDir });
    expect(mine.url).not.toBe(other.url);
    await mine.stop();
    expect(await ask(other.url, 'select 1')).toBe(1);
    writeFileSync(join(folder, 'postmaster.pid'), '');
    await (await startEmbeddedPostgres({ dataDir: mineDir })).stop();
  } finally {
    await other.stop();
    rmSync(mineDir, { recursive: true, force: true });
  }
});

test('OPS-41 a server that dies is started again on its port; what a killed first start left goes', async () => {
  writeFileSync(join(dataDir, 'postgres/password.999999'), 'secret');
  const server = await startEmbeddedPostgres({ dataDir });
  expect(existsSync(join(dataDir, 'postgres/password.999999'))).toBe(false);
  const restarted = new Promise<string | null>((resolve) => server.keep(resolve));
  process.kill(serverPid(), 'SIGKILL');
  expect(await restarted).toBeNull();
  expect(await ask(server.url, 'select 1')).toBe(1);
  await server.stop();
  await expect(ask(server.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

test('OPS-41 a server that was told to stop, and waits for its sessions for ever, is started again', async () => {
  const server = await startEmbeddedPostgres({ dataDir });
  const session = new Client({ connectionString: server.url });
  session.on('error', () => undefined);
  await session.connect();
  const restarted = new Promise<string | null>((resolve) => server.keep(resolve));
  process.kill(serverPid(), 'SIGTERM');
  expect(await restarted).toBeNull();
  expect(await ask(server.url, 'select 1')).toBe(1);
  await session.end().catch(() => undefined);
  await server.stop();
});

test('OPS-44 the log of the database is begun anew while it runs, once it has grown large', async () => {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, log: { limitBytes: 2000, lookMs: 50 } });
  server.keep(() => undefined);
  const log = join(dataDir, 'postgres/cluster/server.log');
  for (let index = 0; index < 20; index += 1)
    await expect(ask(server.url, `select '${'x'.repeat(200)}' from nothing`)).rejects.toThrow(/nothing/);
  await expect.poll(() => existsSync(`${log}.old`) && statSync(log).size).toBeLessThan(2000);
  await expect(ask(server.url, 'select 1 from nowhere')).rejects.toThrow();
  await expect.poll(() => readFileSync(log, 'utf8')).toMatch(/nowhere/);
  await server.stop();
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
