import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBlobStore } from '#db/blobs/index.ts';
import { findLatestCheckpoint } from '#db/queries/round/checkpoint.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import { trainer } from '#db/schema/index.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { createDrawnProject, createRun } from '../testing/drawn-project.ts';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

let database: TestDatabase;
let folder: string;
const trainers: ChildProcess[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pupil-trainer-'));
});
afterAll(async () => {
  await Promise.all(
    trainers
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map(
        (trainer) =>
          new Promise((ended) => {
            trainer.once('exit', ended);
            trainer.kill('SIGTERM');
          }),
      ),
  );
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** The trainer as the product starts it, ready for work. */
async function startTrainer(): Promise<ChildProcess> {
  const trainer = fork(new URL('./main.ts', import.meta.url), {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      PUPIL_DATA: folder,
      PUPIL_ENGINE: 'wasm',
      PUPIL_THREADS: '1',
      LOG_LEVEL: 'error',
    },
  });
  trainers.push(trainer);
  await new Promise((ready) => trainer.once('message', ready));
  return trainer;
}

/** A way to the database that can be cut. */
async function openWay() {
  const to = new URL(database.url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(database.url);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((tick) => setTimeout(tick, 100));
  }
}

describe('trainers', () => {
  it('OPS-11 whose database is gone say each trouble once, and end when they are told to', async () => {
    const way = await openWay();
    const trainer = fork(new URL('./main.ts', import.meta.url), {
      execArgv: ['--import', loader],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        DATABASE_URL: way.url,
        PUPIL_DATA: folder,
        PUPIL_ENGINE: 'wasm',
        PUPIL_THREADS: '1',
        LOG_LEVEL: 'warn',
      },
    });
    trainers.push(trainer);
    let log = '';
    trainer.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    const said = () =>
      log
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
    await new Promise((ready) => trainer.once('message', ready));
    way.cut();
    await until(async () =>
      ['a heartbeat was lost', 'a sweep failed'].every((what) => said().includes(what)) ? true : null,
    );
    const ended = new Promise((end) => trainer.once('exit', end));
    trainer.kill('SIGTERM');
    await ended;
    expect(said().toSorted()).toEqual([...new Set(said())].toSorted());
  });

  it('RUN-2 take over from one that was killed in the middle of training, from its last checkpoint', async () => {
    const { db } = database;
    const project = await createDrawnProject(db, await openBlobStore({ folder: join(folder, 'blobs'), s3: null }), {
      perClass: { pool: 8, validation: 2, test: 2 },
      labeledPerClass: 4,
    });
    const [first, second] = await Promise.all([startTrainer(), startTrainer()]);
    const rows = await db.select().from(trainer);
    expect([first, second].map(({ pid }) => rows.find(({ id }) => id.includes(`-${pid}-`))?.engine)).toEqual([
      'wasm',
      'wasm',
    ]);
    const runId = await createRun(db, project, { teacherSteps: 160, students: ['xs'] });
    const before = await until(async () => {
      const [teacher] = await listRoundStates(db, runId);
      const checkpoint = teacher ? await findLatestCheckpoint(db, teacher.id) : null;
      return checkpoint ? { checkpoint, run: await getRunState(db, runId) } : null;
    });
    expect(before.checkpoint.final).toBe(false);
    const victim = [first, second].find(({ pid }) => before.run.trainerId?.includes(`-${pid}-`));
    victim?.kill('SIGKILL');
    const after = await until(async () => {
      const run = await getRunState(db, runId);
      return run.status === 'finished' || run.status === 'failed' ? run : null;
    });
    expect(after).toMatchObject({ status: 'finished', trainerToken: 2 });
    expect((await listRoundStates(db, runId)).map(({ stage, role }) => `${stage} ${role}`)).toEqual([
      'done teacher',
      'done student',
    ]);
  });
});
