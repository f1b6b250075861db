import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSnippet } from '#core/serving/snippets.ts';
import { openAccessBench } from '../../testing/access.ts';
import type { AccessBench } from '../../testing/access.ts';
import { createServedProject } from '../../testing/served-project.ts';
import type { ServedProject } from '../../testing/served-project.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Is there such a program, and an onnxruntime to answer it? */
const has = async (program: string): Promise<boolean> =>
  Promise.all([import('onnxruntime-node') as Promise<unknown>, run(program, ['--version'])]).then(
    () => true,
    () => false,
  );
const [curl, python] = [await has('curl'), await has('python3')];

let test: AccessBench;
let project: ServedProject;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  test = await openAccessBench();
  project = await createServedProject(test.services);
  folder = await mkdtemp(join(tmpdir(), 'pupil-snippets-'));
  env = { ...process.env, PUPIL_TOKEN: await test.tokenFor(project.memberId) };
  const image = sharp({ create: { width: 40, height: 30, channels: 3, background: '#2468ac' } });
  await writeFile(join(folder, 'image.jpg'), await image.jpeg().toBuffer());
  await symlink(join(root, 'client'), join(folder, 'client'));
  await test.asToken(project).serving.promote({
    projectId: project.projectId,
    roundId: project.roundIds[1],
  });
  await project.makeFiles();
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

const snippet = (name: Parameters<typeof writeSnippet>[0]) =>
  writeSnippet(name, { url: test.origin, projectId: project.projectId });

describe('SERVE-6 a program that is copied from the page runs as it stands', () => {
  it.skipIf(!curl)('curl', async () => {
    const { stdout } = await run('sh', ['-c', snippet('curl')], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ model: { round: 'Student 1' }, results: [{ classes: [{}, {}, {}] }] });
  });

  it.skipIf(!python)('Python, standard library', async () => {
    const { stdout } = await run('python3', ['-c', snippet('python')], { cwd: folder, env });
    expect(stdout).toMatch(/^(upright|flat|slanted) 0\.\d+\n$/);
  });

  it.skipIf(!curl)('our client', async () => {
    await writeFile(join(folder, 'ask.mts'), snippet('client'));
    const { stdout } = await run(
      process.execPath,
      ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(folder, 'ask.mts')],
      { cwd: folder, env },
    );
    expect(stdout).toMatch(/class: '(upright|flat|slanted)'/);
  });
});
