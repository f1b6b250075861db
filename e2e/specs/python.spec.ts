import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { DEMO_CLASSES, DEMO_SIDE, drawDemoImage } from '../../core/demo/draw.ts';
import { expect, test } from '../fixtures/actors.ts';
import { readStarted } from '../fixtures/started.ts';

const run = promisify(execFile);
const client = fileURLToPath(new URL('../../client/python', import.meta.url));
const python = await run('python3', ['--version']).then(
  () => true,
  () => false,
);

/** Class folders with so many drawings, and as many again without a class. */
async function drawFolder(folder: string, count: number): Promise<void> {
  for (let index = 0; index < 2 * count; index += 1) {
    const { pixels, classIndex } = drawDemoImage(index, 7);
    const place = join(folder, index < count ? (DEMO_CLASSES[classIndex] ?? '') : '');
    await mkdir(place, { recursive: true });
    const image = sharp(pixels, { raw: { width: DEMO_SIDE, height: DEMO_SIDE, channels: 3 } });
    await writeFile(join(place, `drawn-${String(index).padStart(3, '0')}.png`), await image.png().toBuffer());
  }
}

test('OPS-62 one Python script of at most 40 lines goes the whole way on a server', async ({ scenario }) => {
  test.skip(!python, 'python3 is not installed');
  test.setTimeout(480_000);
  const { owner, organizationId } = scenario;
  const { token } = await owner.call<{ token: string }>('people.createToken', 'mutation', {
    organizationId,
    name: 'python',
  });
  const script = join(client, 'example.py');
  expect((await readFile(script, 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  const out = await mkdtemp(join(tmpdir(), 'pupil-python-'));
  await drawFolder(join(out, 'images'), 80);
  const { stdout } = await run('python3', [script, join(out, 'images'), out], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PUPIL_URL: readStarted().url, PUPIL_TOKEN: token },
  });
  for (const name of DEMO_CLASSES) expect(stdout).toContain(name);
  expect(stdout).toContain('160 images, 80 labels, 0 not taken');
  expect(stdout).toMatch(/Teacher: \d+% \(\d+% to \d+%\) of \d+ images/);
  expect(stdout.match(/^drawn-\d+\.png: \w+ [01]\.\d\d$/gm)).toHaveLength(3);
  expect(stdout).toMatch(/ready\n.*model\.zip\n$/);
  expect((await stat(join(out, 'model.zip'))).size).toBeGreaterThan(10_000);
  await rm(out, { recursive: true, force: true });
});
