import { mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '#db/embedded/free-port.ts';
import { createRandom } from '#core/math/random.ts';
import { FAULTS } from './faults.ts';
import type { Fault } from './machine-faults.ts';
import { openInstallation } from './installation.ts';
import type { Installation } from './installation.ts';
import { createLoad } from './load.ts';
import { createProject, prepare, STAGES } from './stages.ts';
import type { StageName, World } from './stages.ts';
import { gather } from './people.ts';
import { check, verify } from './verify.ts';

const HELP = `npm run chaos -- [--seed N] [--rounds N] [--only WORDS] [--minutes N]

Starts an installation of its own, has people import, label, review, train, export, freeze and delete in it, does one
fault after another to its processes, database and disk, and holds what was acknowledged against what is there. Only
processes that it started are touched. Prints a table; ends with 1 where anything was lost, doubled or needed a hand.

  --seed N      of the moments (1)
  --rounds N    times that each fault is done (1)
  --only WORDS  faults whose name has these words; several with commas
  --minutes N   no fault begins after these (9)`;

/** The disk that is filled: as large as what a run needs, and a little. */
const DISK = '1500m';
const HEALTHY_MS = 120_000;

interface Row {
  name: string;
  busy: Record<StageName, number>;
  lost: number;
  doubled: number;
  byHand: number;
  fsck: string | null;
  backMs: number;
}

/** A folder on a small disk of its own, where that may be made; else an ordinary one. */
function makeFolder(): { folder: string; release: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'pupil-chaos-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=711`, 'none', folder], { stdio: 'ignore' });
    return {
      folder,
      release: () => {
        execFileSync('umount', [folder]);
        rmSync(folder, { recursive: true });
      },
    };
  } catch {
    console.log('No small disk can be mounted here: the full disk is left out.');
    return { folder, release: () => rmSync(folder, { recursive: true, force: true }) };
  }
}

async function untilHealthy(installation: Installation): Promise<number> {
  const since = Date.now();
  for (;;) {
    if (await installation.revive()) console.log('    started again, as a service manager would');
    const isWell = await fetch(`${installation.url}/api/health`, { signal: AbortSignal.timeout(5000) })
      .then((answer) => answer.ok)
      .catch(() => false);
    if (isWell && installation.find('trainer') !== null) return Date.now() - since;
    if (Date.now() - since > HEALTHY_MS) throw new Error('It is not well again.');
    await wait(250);
  }
}

async function strikeOnce(installation: Installation, world: World, load: ReturnType<typeof createLoad>, fault: Fault) {
  await load.go();
  await wait(400 + createRandom(`${world.seed} ${fault.name}`).below(1500));
  installation.said();
  const busy = load.busy();
  const struck = await fault.strike(installation);
  if (struck === false) return null;
  let byHand = 0;
  await wait(500);
  const backMs = await untilHealthy(installation).catch(() => {
    byHand += 1;
    return HEALTHY_MS;
  });
  const said = installation.said().filter((line) => !/^ *(ready|colleagues|data|account|build) /.test(line));
  // People go on for a while, then finish what they have in hand.
  await wait(1500);
  byHand += await load.pause();
  const { lost, doubled, notes } = await verify(installation, world);
  const sum = (by: Partial<Record<StageName, number>>): number => Object.values(by).reduce((all, n) => all + n, 0);
  const row: Row = {
    name: fault.name,
    busy,
    lost: sum(lost),
    doubled: sum(doubled),
    byHand,
    fsck: typeof struck === 'string' ? struck : await check(installation.folder),
    backMs,
  };
  console.log(`  ${fault.name}: ${JSON.stringify({ ...row, lost, doubled, busy: undefined, name: undefined })}`);
  for (const line of [...notes, ...load.troubles(), ...said.slice(0, 6)]) console.log(`    ${line.trim()}`);
  return row;
}

function print(rows: readonly Row[]): void {
  const head = ['fault', ...STAGES, 'lost', 'doubled', 'by hand', 'fsck', 'well again, s'];
  console.log(`\n| ${head.join(' | ')} |\n|${head.map(() => ' --- |').join('')}`);
  for (const row of rows) {
    const tries = STAGES.map((stage) => row.busy[stage]);
    const fsck = row.fsck === null ? 'nothing' : 'found something';
    const cells = [row.name, ...tries, row.lost, row.doubled, row.byHand, fsck, (row.backMs / 1000).toFixed(1)];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '9' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return true;
  }
  const until = Date.now() + Number(values.minutes) * 60_000;
  const seed = Number(values.seed);
  const only = values.only.split(',');
  const { folder, release } = makeFolder();
  const installation = await openInstallation(folder, await freePort());
  const rows: Row[] = [];
  const leave = (): void =>
    void installation.stop().then(() => {
      release();
      process.exit(1);
    });
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  try {
    const people = await gather(installation.url, installation.ownerLink() ?? '', 2);
    const projectId = await createProject(people.owner, people.organizationId, 'Chaos');
    const { classes } = await people.owner.ask<{ classes: { id: string }[] }>('project.get', { projectId });
    const world: World = {
      ...people,
      projectId,
      seed,
      classIds: classes.map(({ id }) => id),
      ledger: {
        images: [],
        decisions: [],
        answered: [],
        snapshots: [],
        deleted: [],
        runs: new Map(),
        exports: [],
      },
    };
    await prepare(world);
    console.log(`  an installation at ${installation.url}, its first run finished`);
    const load = createLoad(world);
    for (let round = 0; round < Number(values.rounds); round += 1)
      for (const fault of FAULTS.filter(({ name }) => only.some((words) => name.includes(words)))) {
        if (Date.now() > until) console.log(`  ${fault.name}: left out, the time is over`);
        else
          rows.push(
            ...[await strikeOnce(installation, { ...world, seed: seed + round }, load, fault)].flatMap(
              (row) => row ?? [],
            ),
          );
      }
    await load.end();
    const last = await verify(installation, world);
    const { ledger } = world;
    console.log(
      `\n${ledger.decisions.length} decisions, ${ledger.images.length} images, ` +
        `${ledger.answered.length} review items, ` +
        `${ledger.snapshots.length} snapshots, ${ledger.runs.size} runs, ${ledger.exports.length} exports and ` +
        `${ledger.deleted.length} deletions were acknowledged; in the end: ${JSON.stringify(last)}`,
    );
    print(rows);
    const isClean = (row: Row): boolean => row.lost + row.doubled + row.byHand === 0 && row.fsck === null;
    return rows.every(isClean) && [...Object.values(last.lost), ...Object.values(last.doubled)].every((n) => n === 0);
  } finally {
    await installation.stop();
    installation.close();
    release();
  }
}

process.exitCode = (await main()) ? 0 : 1;
