import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBlobStore } from '#db/blobs/index.ts';
import { notify } from '#db/notify.ts';
import { listFeatureProgress } from '#db/queries/image/feature-set.ts';
import { findLiveTeacher } from '#db/queries/labeling/live-teacher.ts';
import { createTestDatabase } from '#db/testing/database.ts';
import type { TestDatabase } from '#db/testing/database.ts';
import { createDrawnProject } from '../testing/drawn-project.ts';

let database: TestDatabase;
let folder: string;
let trainer: ChildProcess | null = null;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'pupil-live-'));
});
afterAll(async () => {
  const running = trainer;
  if (running && running.exitCode === null && running.signalCode === null)
    await new Promise((ended) => {
      running.once('exit', ended);
      running.kill('SIGTERM');
    });
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

it('FEATURE-1 TEACHER-1 TEACHER-5 a trainer embeds what is there, teaches it, and hears the next answer', async () => {
  const { db } = database;
  const blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: null });
  const project = await createDrawnProject(db, blobs, {
    perClass: { pool: 20, validation: 2, test: 1 },
    labeledPerClass: 3,
  });
  trainer = fork(new URL('./main.ts', import.meta.url), {
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      PUPIL_DATA: folder,
      PUPIL_ENGINE: 'wasm',
      PUPIL_THREADS: '1',
      LOG_LEVEL: 'warn',
    },
  });
  const soon = { timeout: 240_000, interval: 200 };
  await vi.waitFor(
    async () => expect((await listFeatureProgress(db, project.projectId))[0]).toMatchObject({ done: 69, total: 69 }),
    soon,
  );
  await vi.waitFor(async () => expect(await findLiveTeacher(db, project.projectId)).toMatchObject({ labels: 9 }), soon);
  const [open = ''] = project.ids.pool.filter((id) => !project.ids.labeled.includes(id));
  await project.label([open]);
  await notify(db, {
    name: 'annotation:submitted',
    projectId: project.projectId,
    imageId: open,
    memberId: project.memberId,
    source: 'label',
  });
  await vi.waitFor(
    async () => expect(await findLiveTeacher(db, project.projectId)).toMatchObject({ labels: 10 }),
    soon,
  );
}, 600_000);
