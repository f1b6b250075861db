import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#db/embedded/free-port.ts';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { migrate } from '#db/migrate.ts';

const PASSWORD = 'correct horse battery';
/** A sign-in takes two requests of an address's minute. */
const PER_ADDRESS = 25;
const START_MS = 120_000;
const root = fileURLToPath(new URL('..', import.meta.url));

export interface Owner {
  organizationId: string;
  cookie: string;
}

/** The server as it is in production, on a database of its own, for measurements from outside. */
export interface Product {
  url: string;
  databaseUrl: string;
  /** Where it keeps its files. */
  folder: string;
  call<T>(cookie: string, path: string, input: unknown): Promise<T>;
  createOwner(): Promise<Owner>;
  /** Invites so many annotators, a few from each address of this machine; returns a session cookie of each. */
  createMembers(owner: string, organizationId: string, count: number): Promise<string[]>;
  /** The server's resident memory now, bytes. */
  memory(): number;
  /** What the server has computed so far, in all threads: seconds of a core. Unlike times it bears others beside it. */
  cpuSeconds(): number;
  /** Watches the server's resident memory from now on: the highest until asked, bytes. */
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
  const profile = process.env.PUPIL_BENCH_PROFILE;
  const child = spawn(
    process.execPath,
    [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []), join(root, 'dist/server.js')],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        UV_THREADPOOL_SIZE: '16',
        MALLOC_ARENA_MAX: '2',
        DATABASE_URL: database.url,
        PORT: String(port),
        HOST: '127.0.0.1',
        PUPIL_DATA: folder,
        PUPIL_SECRET: 'a-secret-of-a-measurement-that-is-long-enough',
        PUPIL_EMPTY: '1',
        LOG_LEVEL: 'warn',
      },
    },
  );
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
    const response = await fetch(`${url}/api/trpc/${path}`, {
      method: 'POST',
      headers: headers(cookie),
      body: JSON.stringify({ json: input }),
    });
    const answer = (await response.json()) as { result?: { data: { json: T } }; error?: { json: { message: string } } };
    if (answer.error) throw new Error(`${path}: ${answer.error.json.message}`);
    return answer.result?.data.json as T;
  };
  /** POST from a given address of this machine. */
  const post = (address: string, path: string, body: unknown) =>
    new Promise<{ status: number; text: string; cookies: string[] }>((resolve, reject) => {
      const req = request(
        `${url}${path}`,
        { method: 'POST', headers: headers(''), localAddress: address },
        (response) => {
          response.toArray().then(
            (chunks) =>
              resolve({
                status: response.statusCode ?? 0,
                text: Buffer.concat(chunks as Buffer[]).toString(),
                cookies: response.headers['set-cookie'] ?? [],
              }),
            reject,
          );
        },
      );
      req.once('error', reject);
      req.end(JSON.stringify(body));
    });
  const signIn = async (email: string, address = '127.0.0.1'): Promise<string> => {
    const answer = await post(address, '/api/auth/sign-in/email', { email, password: PASSWORD });
    if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.text}`);
    return answer.cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  };
  const watches: NodeJS.Timeout[] = [];
  const memory = (): number => {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  };
  return {
    url,
    databaseUrl: database.url,
    folder,
    call,
    async createOwner() {
      const token = ownerLink.split('/').pop();
      await call('', 'people.createOwner', {
        token,
        name: 'Bench owner',
        email: 'owner@example.test',
        password: PASSWORD,
        organizationName: 'Bench',
      });
      const cookie = await signIn('owner@example.test');
      const response = await fetch(`${url}/api/trpc/people.me?input=${encodeURIComponent('{"json":null}')}`, {
        headers: headers(cookie),
      });
      const me = (await response.json()) as {
        result: { data: { json: { memberships: { organizationId: string }[] } } };
      };
      return { cookie, organizationId: me.result.data.json.memberships[0]?.organizationId ?? '' };
    },
    async createMembers(owner, organizationId, count) {
      const { path } = await call<{ path: string }>(owner, 'people.invite', {
        organizationId,
        role: 'annotator',
        uses: count,
        days: 1,
      });
      const cookies: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const email = `member-${index}@example.test`;
        const address = `127.0.0.${2 + Math.floor(index / PER_ADDRESS)}`;
        const person = { name: `Member ${index}`, email, password: PASSWORD };
        const answer = await post(address, '/api/trpc/people.acceptInvitation', {
          json: { token: path.split('/').pop(), person },
        });
        if (answer.status !== 200) throw new Error(`an invitation was refused: ${answer.text}`);
        cookies.push(await signIn(email, address));
      }
      return cookies;
    },
    memory,
    cpuSeconds() {
      // Fields behind the name, which may hold blanks: utime and stime are the 12th and 13th, in ticks of 10 ms.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    watchMemory() {
      let most = 0;
      const look = (): void => void (most = Math.max(most, memory()));
      watches.push(setInterval(look, 100));
      return () => most;
    },
    async stop() {
      for (const watch of watches) clearInterval(watch);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
