import sharp from 'sharp';
import { askOfflinePage } from '../../scripts/verify/offline-page.ts';
import { readContract } from '../../scripts/verify/open-export.ts';
import { unzipFiles } from '../../db/blobs/zip-files.ts';
import { expect, test } from '../fixtures/actors.ts';
import type { Actor } from '../fixtures/actors.ts';
import { until } from '../fixtures/api.ts';
import { drawPhoto, drawPhotoZip, PHOTO_CLASSES, PHOTO_SIDE } from '../fixtures/draw-photos.ts';
import { GridPage } from '../pages/grid.ts';
import { LabelPage } from '../pages/label.ts';
import { NewRunPage } from '../pages/new-run.ts';
import { RunsPage } from '../pages/runs.ts';

const POOL = 96;
const VALIDATION = 24;
/** Pictures that the offline page is asked about: a browser without a graphics card takes its time. */
const ASKED = 6;

interface Shown {
  id: string;
  fileName: string;
  split: string;
  predictedClassId: string | null;
}

async function importPhotos(owner: Actor, organizationId: string): Promise<string> {
  const { projectId } = await owner.call<{ projectId: string }>('project.create', 'mutation', {
    organizationId,
    name: 'Cloth',
    description: '',
    classes: [...PHOTO_CLASSES],
    grayscale: false,
  });
  await owner.call('project.update', 'mutation', { projectId, settings: { validationShare: 0, testShare: 0 } });
  const { id } = await owner.call<{ id: string }>('image.startImport', 'mutation', {
    projectId,
    name: 'cloth.zip',
    total: null,
  });
  const response = await owner.context.request.put(`/api/projects/${projectId}/imports/${id}/file`, {
    params: { name: 'cloth.zip', kind: 'zip', folderLabels: '1' },
    data: await drawPhotoZip(POOL, VALIDATION),
    headers: { 'content-type': 'application/zip' },
  });
  expect(response.ok(), await response.text()).toBe(true);
  await owner.call('image.endImport', 'mutation', { projectId, importId: id });
  return projectId;
}

/** Images of the pool, by id: the class that each was drawn as. */
async function truthOf(owner: Actor, projectId: string): Promise<Map<string, string>> {
  const { images } = await owner.call<{ images: Shown[] }>('gallery.list', 'query', { projectId, limit: 200 });
  return new Map(
    images.map(({ id, fileName }) => [id, drawPhoto(Number(/photo-(\d+)/.exec(fileName)?.[1])).className]),
  );
}

test(
  'TEACHER-2 TEACHER-7 CHAIN-7 FORMAT-26 from photos and ten labels to an exported model: the order follows in an ' +
    'open page, a grid is confirmed in one stroke, one click starts the run',
  async ({ scenario, browser }) => {
    test.setTimeout(600_000);
    const { owner, organizationId } = scenario;
    const { page } = owner;
    const projectId = await importPhotos(owner, organizationId);
    const truth = await truthOf(owner, projectId);
    expect(truth.size).toBe(POOL + VALIDATION);

    // Every image is embedded as it arrives, by the backbone that comes along; the Data page says so.
    await until(
      () => owner.call<{ done: number; total: number }[]>('image.features', 'query', { projectId }),
      ([set]) => set !== undefined && set.done === POOL + VALIDATION,
      240_000,
    );
    await page.goto(`/projects/${projectId}/data`);
    await expect(page.getByText(/MobileNetV2/).first()).toBeVisible();

    // Ten labels in one open page. What it holds and has not painted is given back for a new order, without a reload.
    const label = new LabelPage(page);
    const hands: string[][] = [];
    page.on('response', (response) => {
      if (!response.url().includes('label.claim')) return;
      void response
        .json()
        .then((answer: unknown) => hands.push(JSON.stringify(answer).match(/[0-9a-f-]{36}/g) ?? []))
        .catch(() => undefined);
    });
    await until(
      () => owner.call<{ version: number } | null>('insight.live', 'query', { projectId }),
      (live) => live !== null,
      120_000,
    );
    await label.open(projectId);
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    const keys = new Map<string, string>(PHOTO_CLASSES.map((name, at) => [name, String(at + 1)]));
    await label.current();
    const before = new Set(hands.flat());
    for (let step = 0; step < 10; step += 1) {
      const image = await label.current();
      await label.press(keys.get(truth.get(image) ?? '') ?? '1');
    }
    await label.expectSaved();
    await expect(page.getByRole('link', { name: /The model learns with you from 10 labels/ })).toBeVisible({
      timeout: 60_000,
    });
    await expect(() => expect(hands.flat().some((id) => !before.has(id))).toBe(true)).toPass({ timeout: 60_000 });
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);

    // The grid of one class, the surest first: what is wrong is marked, the rest confirmed in one stroke.
    const grid = new GridPage(page);
    await page.goto(`/projects/${projectId}/grid`);
    await page.getByRole('button', { name: 'Confirm what the model says' }).click();
    await expect(grid.cells.first()).toBeVisible();
    const shown = await grid.cells.count();
    expect(shown).toBeGreaterThanOrEqual(30);
    await expect(grid.confirm).toHaveText(new RegExp(`Confirm ${shown}`));
    await grid.confirm.click();
    await until(
      () => owner.call<{ labeled: number }>('insight.next', 'query', { projectId }),
      ({ labeled }) => labeled >= 10 + 30,
      60_000,
    );

    // "Have I labeled enough?" is answered, with what is expected and its interval.
    await page.goto(`/projects/${projectId}`);
    const enough = page
      .getByRole('region')
      .filter({ hasText: 'Have I labeled enough?' })
      .or(page.locator('section').filter({ hasText: 'Have I labeled enough?' }));
    await expect(enough.getByText('Expected on the pool').first()).toBeVisible();
    await expect(enough.getByText(/\d+% to \d+%, by \d+ labels/).first()).toBeVisible({ timeout: 60_000 });

    // One card, one click.
    const newRun = new NewRunPage(page);
    await newRun.open(projectId);
    await expect(newRun.card).toContainText(/head on MobileNetV2 .* teaches at 192 px/i);
    await expect(newRun.why).toContainText('of the labels that it did not see');
    const runId = await newRun.start();
    await expect(page.getByText('Finished').first()).toBeVisible({ timeout: 300_000 });
    const runs = new RunsPage(page, projectId);
    await expect(
      runs
        .row('Teacher')
        .or(page.getByRole('row', { name: /Head on MobileNetV2/ }))
        .first(),
    ).toBeVisible();

    // It leads to the export; the offline page answers on photos as the product did.
    await page.getByRole('link', { name: /^Export teacher/ }).click();
    await page.waitForURL(/data\/exports/);
    const run = await owner.call<{ rounds: { id: string }[] }>('run.get', 'query', { projectId, runId });
    const [teacher] = run.rounds;
    const { exportId } = await owner.call<{ exportId: string }>('export.requestModel', 'mutation', {
      projectId,
      roundId: teacher?.id,
      format: 'page',
    });
    await until(
      () => owner.call<{ id: string; status: string }[]>('export.listModels', 'query', { projectId }),
      (all) => all.some(({ id, status }) => id === exportId && status === 'ready'),
      240_000,
    );
    const files = await unzipFiles(
      await (await owner.context.request.get(`/api/projects/${projectId}/exports/${exportId}/file`)).body(),
    );
    const { size } = readContract(files);
    const { images } = await owner.call<{ images: Shown[] }>('gallery.list', 'query', {
      projectId,
      roundId: teacher?.id,
      limit: 200,
    });
    const some = images
      .filter(({ split, predictedClassId }) => split === 'pool' && predictedClassId !== null)
      .slice(0, ASKED);
    expect(some).toHaveLength(ASKED);
    const { classes } = await owner.call<{ classes: { id: string; name: string }[] }>('project.get', 'query', {
      projectId,
    });
    const names = new Map(classes.map(({ id, name }) => [id, name]));
    const pixels = await Promise.all(
      some.map(({ fileName }) =>
        sharp(drawPhoto(Number(/photo-(\d+)/.exec(fileName)?.[1])).pixels, {
          raw: { width: PHOTO_SIDE, height: PHOTO_SIDE, channels: 3 },
        })
          .resize(size, size, { fit: 'fill' })
          .raw()
          .toBuffer(),
      ),
    );
    expect(await askOfflinePage(browser, files, new Uint8Array(Buffer.concat(pixels)), ASKED)).toEqual(
      some.map(({ predictedClassId }) => names.get(predictedClassId ?? '')),
    );
  },
);
