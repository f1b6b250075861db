import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '#db/client.ts';
import type { Database } from '#db/client.ts';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';

/**
 * A migrated database for one measurement, thrown away after it unless it lies in a `folder` of its own. `durable`
 * false leaves out the wait for the disk.
 */
export async function withDatabase(
  options: { durable: boolean; connections: number; folder?: string | null },
  work: (database: Database & { url: string }) => Promise<void>,
): Promise<void> {
  const dataDir = options.folder ? resolve(options.folder) : mkdtempSync(join(tmpdir(), 'pupil-bench-'));
  mkdirSync(dataDir, { recursive: true });
  const server = await startEmbeddedPostgres({ dataDir, durable: options.durable });
  try {
    await migrate(server.url, fileURLToPath(new URL('../db/migrations', import.meta.url)));
    const database = openDatabase(server.url, { max: options.connections });
    try {
      await work({ ...database, url: server.url });
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    if (!options.folder) rmSync(dataDir, { recursive: true, force: true });
  }
}

/** `--name value` as text; null without it. */
export function textArg(args: readonly string[], name: string): string | null {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? null : (args[at + 1] ?? null);
}

/** `--name value` as a whole number. */
export function numberArg(args: readonly string[], name: string, fallback: number): number {
  const at = args.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(args[at + 1]);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} needs a number above zero`);
  return value;
}

export interface Times {
  n: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Percentiles of times in ms. */
export function summarise(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN };
}

export const describe = ({ n, p50, p95, p99, max }: Times): string =>
  `p50 ${p50.toFixed(1)}  p95 ${p95.toFixed(1)}  p99 ${p99.toFixed(1)}  max ${max.toFixed(1)} ms  (n ${n})`;

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, Node ${process.version}, ` +
  `${new Date().toISOString().slice(0, 10)}`;
