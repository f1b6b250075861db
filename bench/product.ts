import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';

const PASSWORD = 'correct horse battery';
const START_MS = 120_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** The server as it is in production, on a database of its own, for measurements from outside. */
export interface Product {
  url: string;
  databaseUrl: string;
  call<T>(cookie: string, path: string, input: unknown): Promise<T>;
  createOwner(): Promise<{ organizationId: string; cookie: string }>;
  /** Invites so many annotators; returns a session cookie of each. */
  createMembers(owner: string, organizationId: string, count: number): Promise<string[]>;
  /** Watches the server's resident memory until the figure is asked for: the highest, bytes. */
  watchMemory(): () => number;
  stop(): Promise<void>;
}

/** Starts `dist/server.js` (built by `npm run build`) with the pages of `.next`. */
export async function startProduct(): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'pupil-bench-'));
  const database = await startEmbeddedPostgres({ dataDir: folder });
  await migrate(database.url, join(root, 'db/migrations'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(root, 'dist/server.js')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env, NODE_ENV: 'production', DATABASE_URL: database.url, PORT: String(port), HOST: '127.0.0.1', PUPIL_DATA: folder,
      PUPIL_SECRET: 'a-secret-of-a-measurement-that-is-long-enough', PUPIL_EMPTY: '1', LOG_LEVEL: 'warn',
    },
  });
  const ownerLink = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server did not start. Run `npm run build` first.')), START_MS);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}. Run \`npm run build\` first.`)));
    child.on('message', (message: { type?: string; ownerLink?: string | null }) => {
      if (message.type !== 'ready') return;
      clearTimeout(timer);
      resolve(message.ownerLink ?? '');
    });
  });

  const headers = (cookie: string) => ({ 'content-type': 'application/json', origin: url, cookie });
  const call = async <T>(cookie: string, path: string, input: unknown): Promise<T> => {
    const response = await fetch(`${url}/api/trpc/${path}`, { method: 'POST', headers: headers(cookie), body: JSON.stringify({ json: input }) });
    const answer = (await response.json()) as { result?: { data: { json: T } }; error?: { json: { message: string } } };
    if (answer.error) throw new Error(`${path}: ${answer.error.json.message}`);
    return answer.result?.data.json as T;
  };
  const signIn = async (email: string): Promise<string> => {
    for (;;) {
      const response = await fetch(`${url}/api/auth/sign-in/email`, { method: 'POST', headers: headers(''), body: JSON.stringify({ email, password: PASSWORD }) });
      if (response.ok) return response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
      if (response.status !== 429) throw new Error(`sign-in failed: ${await response.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  };
  return {
    url, databaseUrl: database.url, call,
    async createOwner() {
      const token = ownerLink.split('/').pop();
      await call('', 'people.createOwner', { token, name: 'Bench owner', email: 'owner@example.test', password: PASSWORD, organizationName: 'Bench' });
      const cookie = await signIn('owner@example.test');
      const response = await fetch(`${url}/api/trpc/people.me?input=${encodeURIComponent('{"json":null}')}`, { headers: headers(cookie) });
      const me = (await response.json()) as { result: { data: { json: { memberships: { organizationId: string }[] } } } };
      return { cookie, organizationId: me.result.data.json.memberships[0]?.organizationId ?? '' };
    },
    async createMembers(owner, organizationId, count) {
      const { path } = await call<{ path: string }>(owner, 'people.invite', { organizationId, role: 'annotator', uses: count, days: 1 });
      const cookies: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const email = `member-${index}@example.test`;
        await call('', 'people.acceptInvitation', { token: path.split('/').pop(), person: { name: `Member ${index}`, email, password: PASSWORD } });
        cookies.push(await signIn(email));
      }
      return cookies;
    },
    watchMemory() {
      let most = 0;
      const look = (): void => {
        const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
        most = Math.max(most, Number(kilobytes ?? 0) * 1024);
      };
      const timer = setInterval(look, 500);
      return () => {
        clearInterval(timer);
        return most;
      };
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
