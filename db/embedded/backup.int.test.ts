import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { copyCluster } from './backup.ts';
import { startEmbeddedPostgres } from './postgres.ts';

it('OPS-48 a backup taken while people write has all that was acknowledged before, and starts elsewhere', async () => {
  const [from, to] = ['from', 'to'].map((name) => mkdtempSync(join(tmpdir(), `pupil-backup-${name}-`))) as [
    string,
    string,
  ];
  const original = await startEmbeddedPostgres({ dataDir: from });
  const client = new Client({ connectionString: original.url });
  await client.connect();
  try {
    await client.query('create table said (n int primary key)');
    const state = { over: false, said: 0 };
    const writing = (async () => {
      while (!state.over) await client.query('insert into said values ($1)', [(state.said += 1)]);
    })();
    await expect.poll(() => state.said).toBeGreaterThan(100);
    const before = state.said - 1;
    mkdirSync(join(to, 'postgres'));
    await copyCluster(original.url, join(from, 'postgres/cluster'), join(to, 'postgres/cluster'));
    copyFileSync(join(from, 'postgres/password'), join(to, 'postgres/password'));
    state.over = true;
    await writing;
    const copy = await startEmbeddedPostgres({ dataDir: to });
    const reader = new Client({ connectionString: copy.url });
    await reader.connect();
    const { rows } = await reader.query<{ n: number; most: number }>(
      'select count(*)::int as n, max(n) as most from said',
    );
    await reader.end();
    await copy.stop();
    expect(rows[0]?.n).toBeGreaterThanOrEqual(before);
    expect(rows[0]?.most).toBe(rows[0]?.n);
  } finally {
    await client.end();
    await original.stop();
    for (const folder of [from, to]) rmSync(folder, { recursive: true, force: true });
  }
});
