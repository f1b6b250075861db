import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { drawDemoImage, DEMO_SIDE } from '../../core/demo/draw.ts';
import { expect, test } from '../fixtures/actors.ts';
import { SOURCE_ROOT } from '../fixtures/start.ts';

const paint = async (path: string, seed: number): Promise<void> => {
  const { pixels } = drawDemoImage(seed, 77);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(
    path,
    await sharp(pixels, { raw: { width: DEMO_SIDE, height: DEMO_SIDE, channels: 3 } })
      .png()
      .toBuffer(),
  );
};

test('SOURCE-1 SOURCE-7 SOURCE-12 a folder is added, shown and taken; what vanished is excluded and back', async ({
  scenario,
}) => {
  const { page } = scenario.owner;
  const { projectId } = await scenario.createProject({ images: 0, classes: ['cat'] });
  const folder = join(SOURCE_ROOT, randomUUID());
  try {
    for (const [seed, name] of ['cat/1.png', 'cat/2.png', 'dog/3.png'].entries()) await paint(join(folder, name), seed);
    await page.goto(`/projects/${projectId}/data/sources`);
    await page.getByRole('button', { name: 'Add a source' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'Folder on the server' }).click();
    await dialog.getByLabel('Folder', { exact: true }).fill('/etc');
    await dialog.getByLabel('Name', { exact: true }).fill('Feeder');
    await dialog.getByRole('button', { name: 'Add the source' }).click();
    await expect(dialog.getByRole('alert')).toContainText('not below one that');
    await dialog.getByLabel('Folder', { exact: true }).fill(folder);
    await dialog.getByRole('button', { name: 'Add the source' }).click();

    const card = page.getByRole('region', { name: 'Feeder' });
    await expect(card.getByText('3 new images wait to be taken.')).toBeVisible();
    await card.getByRole('button', { name: 'Look at them' }).click();
    const classes = page.getByRole('list', { name: 'Classes in this import' });
    await expect(classes.getByRole('listitem')).toHaveCount(2);
    await card.getByRole('button', { name: 'Import 3 images' }).click();
    await expect(card.getByText('up to date')).toBeVisible();
    await expect(card.getByText('3 images came from here')).toBeVisible();

    await rm(join(folder, 'cat/2.png'));
    await paint(join(folder, 'dog/4.png'), 9);
    await card.getByRole('button', { name: 'Sync now' }).click();
    await expect(card.getByText('1 new image waits to be taken.')).toBeVisible();
    await expect(card.getByText('1 image is no longer there.')).toBeVisible();
    await card.getByText('No longer there: 1').click();
    await expect(card.getByRole('list', { name: 'No longer there' }).getByText('cat/2.png')).toBeVisible();
    await card.getByRole('button', { name: 'Take 1 image' }).click();
    await expect(card.getByText('1 new image waits to be taken.')).toBeHidden();
    await card.getByRole('button', { name: 'Exclude…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Exclude' }).click();
    await expect(page.getByText('1 image excluded')).toBeVisible();
    const count = (more: object) => scenario.owner.call<number>('gallery.count', 'query', { projectId, ...more });
    await expect(card.getByText('up to date')).toBeVisible();
    expect(JSON.stringify(await count({ aside: 'excluded' }))).toContain('1');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('1 image as before')).toBeVisible();

    // SOURCE-12: an archived project's sources rest, and say so.
    await scenario.owner.call('project.update', 'mutation', { projectId, status: 'archived' });
    await page.reload();
    await expect(page.getByText('This project is archived, so its sources rest.')).toBeVisible();
    await expect(card.getByText('rests', { exact: true })).toBeVisible();
    await expect(card.getByRole('button', { name: 'Sync now' })).toBeDisabled();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
