import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures/actors.ts';
import { drawFolders, drawZip } from '../fixtures/draw-zip.ts';
import { until } from '../fixtures/api.ts';
import { DataPage } from '../pages/data.ts';
import { GalleryPage } from '../pages/gallery.ts';
import { LabelPage } from '../pages/label.ts';

interface Progress {
  labeled: number;
}

test(
  'IMAGE-2 a lead makes a project and imports; what cannot be taken is named with its reason and the rest comes ' +
    'in',
  async ({ scenario }) => {
    const lead = await scenario.invite('lead', 'Lea Lead');
    await lead.page.goto('/');
    await lead.page.getByRole('link', { name: 'New project' }).first().click();
    await lead.page.getByLabel('Name', { exact: true }).fill('Shapes of the lab');
    await lead.page.getByRole('button', { name: 'Create project' }).click();
    await expect(lead.page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible();
    const data = new DataPage(lead.page);
    const [labeled] = await drawZip(12, 12);
    await data.import(
      [
        { name: 'labeled.zip', buffer: labeled?.bytes ?? Buffer.alloc(0) },
        { name: 'broken.jpg', buffer: Buffer.from([0xff, 0xd8, 0xff, 1, 2, 3]) },
        { name: 'drawing.svg', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') },
      ],
      { folderLabels: true },
    );
    await expect.poll(() => data.figure('New images')).toBe('12');
    await expect.poll(() => data.figure('Came labeled')).toBe('12');
    await expect(lead.page.getByText('New images by split').locator('..')).toHaveText(
      /\d+ pool.*\d+ validation.*\d+ test$/,
    );
    await expect(lead.page.getByText('Labels by class').locator('..')).toHaveText(/\d+ .+\d+ .+/);
    await lead.page.getByText('2 files were not taken. Why?').click();
    const refused = lead.page.getByRole('list', { name: 'Files that were not taken' });
    await expect(refused.getByText('broken.jpg')).toBeVisible();
    await expect(refused.getByText('drawing.svg')).toBeVisible();
    await lead.page.getByRole('button', { name: 'Import more' }).click();
    await data.import([{ name: 'labeled.zip', buffer: labeled?.bytes ?? Buffer.alloc(0) }]);
    await expect.poll(() => data.figure('New images')).toBe('0');
    await expect.poll(() => data.figure('Already here')).toBe('12');
    await lead.page.getByRole('table', { name: 'Earlier imports' }).getByText('By split and class').click();
    await expect(lead.page.getByText('New images by split')).toBeVisible();
  },
);

test('IMAGE-10 an upload whose connection breaks is listed as failed; sent again it is an import of its own', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ images: 2 });
  const { page } = scenario.owner;
  const data = new DataPage(page);
  await data.open(projectId);
  const [zip] = await drawZip(6, 0);
  await page.route('**/imports/*/file?**', (route) => route.abort('connectionreset'));
  await data.import([{ name: 'birds.zip', buffer: zip?.bytes ?? Buffer.alloc(0) }]);
  await expect(page.getByText('1 file was not sent: The connection broke.')).toBeVisible();
  await page.unroute('**/imports/*/file?**');
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByText('Import finished')).toBeVisible();
  const earlier = page
    .getByRole('table', { name: 'Earlier imports' })
    .getByRole('row')
    .filter({ hasText: 'birds.zip' });
  await expect(earlier).toHaveCount(1);
  await expect(earlier.getByText('failed')).toBeVisible();
  await expect(earlier.getByText('0 of 1 files were sent: The connection broke.')).toBeVisible();
  await page.getByRole('button', { name: 'Import more' }).click();
  await expect(earlier).toHaveCount(2);
});

test(
  'IMAGE-12 IMAGE-13 IMAGE-14 folders that share a scene are told after the import; a lead moves its twin and ' +
    'takes that back',
  async ({ scenario }) => {
    const { projectId } = await scenario.createProject({ images: 2 });
    const { page } = await scenario.invite('lead', 'Lea Lead');
    const data = new DataPage(page);
    await data.open(projectId);
    const buffer = await drawFolders([
      ...Array.from({ length: 8 }, (_, drawing) => ({
        path: `set/train/${drawing % 2 ? 'round' : 'square'}/${drawing}.png`,
        drawing,
      })),
      { path: 'set/test/round/again.png', drawing: 3, lift: 3 },
      { path: 'set/val/round/20.png', drawing: 20 },
      { path: 'set/val/square/21.png', drawing: 21 },
    ]);
    await data.import([{ name: 'set.zip', buffer }], { folderLabels: true });
    const advice = page.getByRole('region', { name: 'Before you trust a figure' });
    await expect(advice.getByText('1 test image looks like a pool image.')).toBeVisible();
    await expect(advice.getByText('No test image of square has an answer, so nothing measures it there')).toBeVisible();
    await advice.getByRole('link', { name: 'Look at the pairs' }).click();
    const pairs = page.getByRole('list', { name: 'Pairs' }).getByRole('listitem');
    await expect(pairs).toHaveCount(1);
    await expect(pairs.getByRole('img', { name: 'set/test/round/again.png' })).toBeVisible();
    await expect(pairs.getByRole('img', { name: 'set/train/round/3.png' })).toBeVisible();
    await page.getByRole('button', { name: 'Move it out of the pool' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click();
    await expect(page.getByText('Nothing looks alike across the splits')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('1 image back in the pool')).toBeVisible();
    await expect(pairs).toHaveCount(1);
    await pairs.getByRole('button', { name: 'Move to test' }).click();
    await expect(page.getByText('Nothing looks alike across the splits')).toBeVisible();
  },
);

test('PAGE-4 the gallery keeps its filter in the address; many images are labeled by keys and taken back', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 20 });
  const gallery = new GalleryPage(scenario.owner.page);
  await gallery.open(projectId);
  await expect(gallery.images).toHaveCount(20);
  await gallery.selectFirst(5);
  await gallery.labelSelected('square');
  await expect(scenario.owner.page.getByText('5 images labeled')).toBeVisible();
  await gallery.filter('Class', 'square');
  await expect(gallery.images).toHaveCount(5);
  await scenario.owner.page.reload();
  await expect(gallery.images).toHaveCount(5);
  await gallery.images.first().focus();
  await scenario.owner.page.keyboard.press('Enter');
  await expect(
    scenario.owner.page.getByText('One answer').or(scenario.owner.page.getByText('Decided by a lead')),
  ).toBeVisible();
  await scenario.owner.page.keyboard.press('Escape');
  await gallery.open(projectId);
  await gallery.selectFirst(3);
  await gallery.labelSelected('round');
  await scenario.owner.page.getByRole('button', { name: 'Undo' }).click();
  await expect(scenario.owner.page.getByText('Taken back')).toBeVisible();
  await until(
    () => scenario.owner.call<Progress>('label.progress', 'query', { projectId }),
    (progress) => progress.labeled === 5,
  );
});

test('ACCESS-5 a removed member is put out of an open page and finds nothing there', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 4 });
  const guest = await scenario.invite('annotator', 'Gus Guest');
  await new GalleryPage(guest.page).open(projectId);
  const { owner, organizationId } = scenario;
  await owner.page.goto(`/organizations/${organizationId}/members`);
  const row = owner.page.getByRole('row').filter({ hasText: guest.email });
  await row.getByRole('button', { name: /^Actions/ }).click();
  await owner.page.getByRole('menuitem', { name: 'Remove' }).click();
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(guest.page.getByText('You belong to no organization')).toBeVisible();
  await guest.page.goto(`/projects/${projectId}/gallery`);
  await expect(guest.page.getByRole('heading', { name: 'Not found' })).toBeVisible();
});

test(
  'FORMAT-5 FORMAT-25 a lead is refused a bucket in the inner network, and states the licence that exported ' +
    'models carry',
  async ({ scenario }) => {
    const { projectId } = await scenario.createProject({ images: 2 });
    const lead = await scenario.invite('lead', 'Lea Lead');
    const { page } = lead;
    await page.goto(`/projects/${projectId}/data`);
    await page.getByRole('button', { name: 'From a bucket' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import from a bucket' });
    await dialog.getByLabel('Bucket').fill('pictures');
    await dialog.getByLabel('Endpoint').fill('http://127.0.0.1:9000');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect(dialog.getByRole('alert')).toHaveText(
      'This address cannot be reached. Give a public http or https address.',
    );
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await page.goto(`/projects/${projectId}/data/exports`);
    await expect(page.getByText('The card will say: not stated.', { exact: true })).toBeVisible();
    await page.getByLabel('Licence').click();
    await page.getByRole('option', { name: 'CC BY 4.0, with attribution' }).click();
    await page.getByLabel('Intended use').fill('Telling drawn things apart.');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved')).toBeVisible();
    await page.reload();
    await expect(page.getByText('SPDX: CC-BY-4.0')).toBeVisible();
    await expect(page.getByLabel('Intended use')).toHaveValue('Telling drawn things apart.');
  },
);

test('PAGE-10 where a project has no classes a lead is led to make them, and an annotator told whom to ask', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ images: 4 });
  const lead = await scenario.invite('lead', 'Lea Lead');
  const anna = await scenario.invite('annotator', 'Anna Annotator');
  for (const room of ['grid', 'label']) {
    await anna.page.goto(`/projects/${projectId}/${room}`);
    await expect(anna.page.getByText(/Ask Olivia Owner.* to make them/)).toBeVisible();
    await expect(anna.page.getByRole('link', { name: 'Make classes' })).toHaveCount(0);
  }
  const { violations } = await new AxeBuilder({ page: anna.page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await lead.page.goto(`/projects/${projectId}/label`);
  await lead.page.getByRole('link', { name: 'Make classes' }).click();
  await lead.page.waitForURL(/\/settings#classes$/);
  await lead.page.getByLabel('New classes').fill('round, square');
  await lead.page.getByRole('button', { name: 'Add 2 classes' }).click();
  await expect(new LabelPage(anna.page).image).toBeVisible();
});
