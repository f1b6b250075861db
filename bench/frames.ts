import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import type { Page } from '@playwright/test';
import { openDatabase } from '#db/client.ts';
import { createImages, createProject } from '#db/seed/factories.ts';
import { createFinishedRun } from '#db/seed/run-factory.ts';
import { describe, machine, numberArg, summarise } from './database.ts';
import { startProduct } from './product.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const CLASSES = ['ape', 'bee', 'cow', 'dog', 'elk', 'fox', 'gnu', 'hen', 'ibex', 'jay'];
const SLOW_MS = 50;

/**
 * `npm run bench -- frames --points 100000`: a real browser opens the map of a round with so many predictions, zooms in
 * and out and moves it; time between two frames while it does, and from the address to the painted map.
 */
export async function run(args: string[]): Promise<void> {
  const points = numberArg(args, 'points', 100_000);
  const product = await startProduct();
  const executablePath = BROWSERS.find((path) => existsSync(path));
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const { organizationId, cookie } = await product.createOwner();
    const database = openDatabase(product.databaseUrl, { max: 2 });
    const { id: projectId } = await createProject(database.db, { organizationId, classes: CLASSES });
    await createImages(database.db, { projectId, count: points });
    await createImages(database.db, { projectId, count: 2000, split: 'validation' });
    const {
      rows: [member],
    } = await database.pool.query<{ id: string }>('select id from member limit 1');
    const { runId, roundIds } = await createFinishedRun(database.db, {
      projectId,
      memberId: member?.id ?? '',
      plan: [
        { index: 0, role: 'teacher', model: 'xs', accuracy: 0.6 },
        { index: 1, role: 'student', model: 's', accuracy: 0.7 },
      ],
    });
    await database.pool.query('analyze');
    await database.close();
    console.log(machine());
    for (const [width, height, deviceScaleFactor] of [
      [1280, 800, 1],
      [1280, 800, 2],
      [390, 844, 2],
    ] as const) {
      const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor });
      await context.addCookies(
        cookie.split('; ').map((pair) => {
          const at = pair.indexOf('=');
          return { name: pair.slice(0, at), value: pair.slice(at + 1), url: product.url };
        }),
      );
      const page = await context.newPage();
      const start = performance.now();
      await page.goto(`${product.url}/projects/${projectId}/runs/${runId}/rounds/${roundIds[1]}?tab=map`);
      const map = page.getByRole('application', { name: /^Map of the pool/ });
      await map.waitFor();
      await page.waitForFunction(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas[role=application]');
        return canvas !== null && canvas.width > 300;
      });
      const shown = performance.now() - start;
      await map.scrollIntoViewIfNeeded();
      await page.waitForTimeout(1000);
      const times = await measure(page, (await map.boundingBox()) ?? { x: 0, y: 0, width, height });
      const slow = times.filter((time) => time > SLOW_MS).length;
      console.log(
        `${width} × ${height} at ${deviceScaleFactor}: ${points.toLocaleString('en')} points, shown after ` +
          `${shown.toFixed(0)} ms; frames ${describe(summarise(times))}, ${slow} over ${SLOW_MS} ms`,
      );
      const caught = await lasso(page);
      console.log(
        `  lasso of 60 corners: frames ${describe(summarise(caught.frames))}, ` +
          `${caught.frames.filter((time) => time > SLOW_MS).length} over ${SLOW_MS} ms; ` +
          `${caught.told} ${caught.ms.toFixed(0)} ms after it was closed`,
      );
      await context.close();
    }
  } finally {
    await browser.close();
    await product.stop();
  }
}

/** Plain text: what compiles this file names functions by a helper that the page does not have. */
const WATCH = `{
  const times = [];
  window.frameTimes = times;
  let before = null;
  const look = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;

/** Times between frames, ms, while a hand zooms and moves the map. */
async function measure(page: Page, box: { x: number; y: number; width: number; height: number }): Promise<number[]> {
  await page.evaluate(WATCH);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (const delta of [-60, 60, -120]) {
    for (let step = 0; step < 25; step += 1) {
      await page.mouse.wheel(0, delta);
      await page.waitForTimeout(16);
    }
  }
  await page.mouse.down();
  for (let step = 0; step < 40; step += 1) await page.mouse.move(x + step * 3, y + Math.sin(step / 5) * 60);
  await page.mouse.up();
  // A hover looks for the nearest point at each move.
  for (let step = 0; step < 40; step += 1) await page.mouse.move(x - 100 + step * 5, y + 20);
  return page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes.slice());
}

/** A loop around most of the map: frames while it is drawn, and how long until its points are counted. */
async function lasso(page: Page): Promise<{ frames: number[]; ms: number; told: string }> {
  const map = page.getByRole('application', { name: /^Map of the pool/ });
  await map.focus();
  await page.keyboard.press('0');
  await page.keyboard.press('l');
  await page.waitForTimeout(500);
  const box = (await map.boundingBox()) ?? { x: 0, y: 0, width: 300, height: 300 };
  const at = (step: number): [number, number] => {
    const turn = (step / 60) * 2 * Math.PI;
    return [box.x + box.width * (0.5 + 0.48 * Math.cos(turn)), box.y + box.height * (0.5 + 0.48 * Math.sin(turn))];
  };
  await page.evaluate(WATCH);
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let step = 1; step <= 60; step += 1) {
    await page.mouse.move(...at(step));
    await page.waitForTimeout(16);
  }
  const frames = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes.slice());
  const start = performance.now();
  await page.mouse.up();
  const told = page.getByRole('toolbar', { name: 'Selected images' }).getByText(/selected$/);
  await told.waitFor();
  return { frames, ms: performance.now() - start, told: (await told.textContent()) ?? '' };
}
