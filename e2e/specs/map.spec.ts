import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, test } from '../fixtures/actors.ts';
import { drawPhoto, PHOTO_CLASSES, PHOTO_SIDE } from '../fixtures/draw-photos.ts';
import { packFiles } from '../fixtures/draw-zip.ts';

const PHOTOS = 40;
/** The first photos once more, a little brighter: other pixels, the same picture. */
const COPIES = 3;

async function drawZip(): Promise<Buffer> {
  const entries = await Promise.all(
    Array.from({ length: PHOTOS + COPIES }, async (_, at): Promise<[string, Buffer]> => {
      const { pixels } = drawPhoto(at % PHOTOS);
      const image = sharp(pixels, { raw: { width: PHOTO_SIDE, height: PHOTO_SIDE, channels: 3 } });
      const png = await (at < PHOTOS ? image : image.modulate({ brightness: 1.03 })).png().toBuffer();
      return [`cloth/photo-${at}.png`, png];
    }),
  );
  return packFiles(entries);
}

/** Everything that a lead can do with an open map, by pointer and by keys. */
async function workOnMap(page: Page, { unlabeled }: { unlabeled: number }): Promise<void> {
  const all = PHOTOS + COPIES;
  const bar = page.getByRole('toolbar', { name: 'Selected images' });
  const canvas = page.getByRole('application', { name: /Map of the pool/ });
  const box = await canvas.boundingBox();
  if (!box) throw new Error('there is no map');
  const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];

  // By what they are, without drawing; Esc clears.
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByRole('menuitem', { name: `All ${all} shown points` }).click();
  await expect(bar.getByText(`${all} selected`)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();

  // The legend switches groups off: what is not shown is not caught.
  const legend = page.getByRole('group', { name: 'Shown groups' });
  await legend.getByRole('button', { name: `unlabeled ${unlabeled}` }).click();
  await expect(legend.getByRole('button', { name: `unlabeled ${unlabeled}` })).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.down('Shift');
  await page.mouse.move(...at(0.01, 0.01));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.5), { steps: 4 });
  await page.mouse.move(...at(0.99, 0.99), { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(bar.getByText(`${all - unlabeled} selected`)).toBeVisible();
  await page.keyboard.press('Escape');
  await legend.getByRole('button', { name: 'Show all groups' }).click();

  // Its numbers as a table, and the map again.
  await page.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('table', { name: 'Map of the pool' });
  await expect(table.getByRole('row', { name: new RegExp(`unlabeled ${unlabeled} `) })).toBeVisible();
  await page.getByRole('button', { name: 'Show as chart' }).click();
  await expect(canvas).toBeVisible();

  // A lasso around everything, tagged; the tag colours the map.
  await page.getByRole('button', { name: 'Lasso: draw around points (L)' }).click();
  await page.mouse.move(...at(0.01, 0.01));
  await page.mouse.down();
  for (const [x, y] of [
    [0.99, 0.01],
    [0.99, 0.99],
    [0.01, 0.99],
    [0.01, 0.02],
  ] as const)
    await page.mouse.move(...at(x, y), { steps: 6 });
  await page.mouse.up();
  await expect(bar.getByText(`${all} selected`)).toBeVisible();
  await bar.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('menuitem', { name: 'Tag…' }).click();
  await page.getByRole('dialog').getByLabel('Tag').fill('cloth');
  await page.getByRole('dialog').getByRole('button', { name: 'Tag', exact: true }).click();
  await page.getByRole('radio', { name: 'Tag', exact: true }).click();
  await expect(legend.getByRole('button', { name: `cloth ${all}` })).toBeVisible();
  await page.getByRole('button', { name: 'Move the map' }).click();

  // Zoomed in by keys, pictures stand for points.
  await canvas.focus();
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('+');
  const pictures = page.locator('figure[aria-label="Map of the pool"] img');
  await expect(async () => {
    await page.keyboard.press('ArrowLeft');
    expect(await pictures.count()).toBeGreaterThan(0);
  }).toPass();
  await page.keyboard.press('0');
  await expect(pictures).toHaveCount(0);

  // What nobody has labeled is excluded and back, then opens in the grid.
  await page.getByRole('radio', { name: 'Class', exact: true }).click();
  const pick = async () => {
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByRole('menuitem', { name: `unlabeled, ${unlabeled}` }).click();
    await expect(bar.getByText(`${unlabeled} selected`)).toBeVisible();
  };
  await pick();
  await bar.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('menuitem', { name: 'Exclude…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Exclude', exact: true }).click();
  await expect(page.getByRole('application', { name: new RegExp(`${all - unlabeled} images`) })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('application', { name: new RegExp(`${all} images`) })).toBeVisible();
  await pick();
  await bar.getByRole('button', { name: 'To review' }).click();
  await expect(page.getByText('no round has ended yet')).toBeVisible();
  await bar.getByRole('button', { name: 'Label in the grid' }).click();
  await expect(page).toHaveURL(/\/grid\?picked=1/);
  await expect(page.getByRole('button', { name: /^Image 1 of/ })).toBeVisible();
}

test(
  'FEATURE-7 FEATURE-8 MAP-2 MAP-3 MAP-4 MAP-5 before any run the pool has a map that follows the labels and is ' +
    'worked on, and what is nearly the same is put aside',
  async ({ scenario }) => {
    test.setTimeout(480_000);
    const { owner, organizationId } = scenario;
    const { page } = owner;
    const { projectId } = await owner.call<{ projectId: string }>('project.create', 'mutation', {
      organizationId,
      name: 'Cloth on a map',
      description: '',
      classes: [...PHOTO_CLASSES],
      grayscale: false,
    });
    await owner.call('project.update', 'mutation', { projectId, settings: { validationShare: 0, testShare: 0 } });
    await page.goto(`/projects/${projectId}/gallery/map`);
    await expect(page.getByText('No map yet')).toBeVisible();
    const { id } = await owner.call<{ id: string }>('image.startImport', 'mutation', {
      projectId,
      name: 'cloth.zip',
      total: null,
    });
    const sent = await owner.context.request.put(`/api/projects/${projectId}/imports/${id}/file`, {
      params: { name: 'cloth.zip', kind: 'zip', folderLabels: '0' },
      data: await drawZip(),
      headers: { 'content-type': 'application/zip' },
    });
    expect(sent.ok(), await sent.text()).toBe(true);
    await owner.call('image.endImport', 'mutation', { projectId, importId: id });

    // The map comes by itself once the images are embedded.
    const map = (labeled: number) =>
      page.getByRole('application', { name: new RegExp(`${PHOTOS + COPIES} images, ${labeled} labeled by people`) });
    await expect(map(0)).toBeVisible({ timeout: 240_000 });

    // A label is coloured in the open page, which asks for its point and not for the whole map.
    let patches = 0;
    page.on('request', (request) => {
      if (request.url().includes('gallery.mapPoints')) patches += 1;
    });
    const { classes } = await owner.call<{ classes: { id: string; name: string }[] }>('project.get', 'query', {
      projectId,
    });
    const { images } = await owner.call<{ images: { id: string; fileName: string }[] }>('gallery.list', 'query', {
      projectId,
      limit: 200,
    });
    const some = images.filter(({ fileName }) => Number(/photo-(\d+)/.exec(fileName)?.[1]) < 12);
    for (const { id: imageId, fileName } of some) {
      const { className } = drawPhoto(Number(/photo-(\d+)/.exec(fileName)?.[1]));
      await owner.call('label.adjudicate', 'mutation', {
        projectId,
        id: crypto.randomUUID(),
        imageId,
        classId: classes.find(({ name }) => name === className)?.id,
      });
    }
    await expect(map(some.length)).toBeVisible({ timeout: 60_000 });
    expect(patches).toBeGreaterThan(0);
    await expect(page.getByText('With guesses')).toBeVisible({ timeout: 90_000 });

    await workOnMap(page, { unlabeled: PHOTOS + COPIES - some.length });

    // Near-duplicates are listed, and one of a pair is put aside and taken back.
    await page.goto(`/projects/${projectId}/data/look-alikes`);
    const pairs = page.getByRole('list', { name: 'Nearly the same' }).getByRole('listitem');
    await expect(async () => expect(await pairs.count()).toBeGreaterThanOrEqual(COPIES)).toPass({ timeout: 60_000 });
    const before = await pairs.count();
    await page.getByRole('button', { name: `Put cloth/photo-${PHOTOS}.png aside` }).click();
    await expect(page.getByText('1 image excluded')).toBeVisible();
    await expect(pairs).toHaveCount(before - 1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(pairs).toHaveCount(before);
  },
);
