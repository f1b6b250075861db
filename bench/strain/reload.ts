import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '#db/embedded/free-port.ts';
import { describe, machine, numberArg, summarise } from '../database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 180_000;
const LIVE_MS = 60_000;
const LOOK_MS = 25;
/** Until the next change is saved: what a person needs at least, ms. */
const NEXT_SAVE_MS = 4000;
const PAGE = 'app/(auth)/sign-in/page.tsx';
const HEADING = 'title="Sign in" description="';

/**
 * `npm run bench -- reload --times 5`: a copy of this tree runs as `npm run dev`; from a saved change of a page to the
 * first answer that holds it, and from one of a query or of a trainer's file to the process that runs it and is ready.
 * Linux and macOS: packages are shared by hard links.
 */
export async function run(args: string[]): Promise<void> {
  const times = numberArg(args, 'times', 5);
  const folder = mkdtempSync(join(tmpdir(), 'pupil-reload-'));
  // Postgres does not run as root, and goes through this folder as somebody else.
  chmodSync(folder, 0o711);
  const tree = join(folder, 'tree');
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, tree]);
  execFileSync('cp', ['-al', join(root, 'node_modules'), join(tree, 'node_modules')]);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dev = spawn(
    process.execPath,
    ['scripts/start.mjs', '--dev', '--empty', '--port', String(port), '--data', join(folder, 'data')],
    { cwd: tree, env: { ...process.env, NODE_ENV: 'development' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [dev.stdout, dev.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const answers = async (path: string): Promise<string | null> =>
    fetch(`${url}${path}`).then(
      async (answer) => (answer.ok ? answer.text() : null),
      () => null,
    );
  const until = async (patienceMs: number, live: () => Promise<boolean> | boolean): Promise<number> => {
    const start = performance.now();
    while (!(await live())) {
      if (performance.now() - start > patienceMs || dev.exitCode !== null)
        throw new Error(`Not live:\n${said.slice(-4000)}`);
      await wait(LOOK_MS);
    }
    return performance.now() - start;
  };
  const append = (file: string, mark: string) =>
    appendFileSync(join(tree, file), `\nprocess.stdout.write('${mark}\\n');\n`);
  /** A change of each kind, and when it counts as live. */
  const changes: Record<string, (mark: string) => Promise<number>> = {
    page: (mark) => {
      const text = readFileSync(join(tree, PAGE), 'utf8');
      writeFileSync(join(tree, PAGE), text.replace(HEADING, `${HEADING}${mark} `));
      return until(LIVE_MS, async () => (await answers('/sign-in'))?.includes(mark) === true);
    },
    query: (mark) => {
      append('db/queries/people/user.ts', mark);
      return until(LIVE_MS, async () => said.includes(mark) && (await answers('/api/health')) !== null);
    },
    trainer: (mark) => {
      append('workers/trainer/process/queue.ts', mark);
      return until(LIVE_MS, () => said.includes(mark) && /trainer\s.* on /.test(said.slice(said.indexOf(mark))));
    },
  };
  try {
    await until(START_MS, async () => (await answers('/sign-in')) !== null);
    await until(START_MS, () => /trainer\s.* on /.test(said));
    console.log(machine());
    for (const [kind, change] of Object.entries(changes)) {
      const took: number[] = [];
      for (let index = 0; index < times; index += 1) {
        took.push(await change(`changed-${kind}-${index}-`));
        await wait(NEXT_SAVE_MS);
      }
      console.log(`${kind}: saved → live ${describe(summarise(took))}`);
    }
  } finally {
    dev.kill('SIGINT');
    await new Promise((done) => (dev.exitCode === null ? dev.once('exit', done) : done(null)));
    rmSync(folder, { recursive: true, force: true });
  }
}
