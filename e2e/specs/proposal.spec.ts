import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawDemoImage, DEMO_SIDE } from '../../core/demo/draw.ts';
import { DataPage } from '../pages/data.ts';
import { expect, test } from '../fixtures/actors.ts';

test('PROPOSAL-1 PROPOSAL-3 PROPOSAL-4 a messy folder is proposed, read otherwise, a class joined, and taken', async ({
  scenario,
}) => {
  const { page } = scenario.owner;
  const { projectId } = await scenario.createProject({ images: 0, classes: ['dog'] });
  const folder = await mkdtemp(join(tmpdir(), 'pupil-messy-'));
  const paths = ['a/Dog/1.png', 'a/dogs/2.png', 'a/cat/3.png', 'b/cat/4.png', 'b/junk/5.png', 'loose.png'];
  try {
    for (const [index, path] of paths.entries()) {
      await mkdir(join(folder, 'messy', path, '..'), { recursive: true });
      const { pixels } = drawDemoImage(index, 41);
      const drawn = sharp(pixels, { raw: { width: DEMO_SIDE, height: DEMO_SIDE, channels: 3 } });
      await writeFile(join(folder, 'messy', path), await drawn.png().toBuffer());
    }
    await writeFile(join(folder, 'messy', '.DS_Store'), 'nothing');
    const data = new DataPage(page);
    await data.open(projectId);
    await page.getByLabel('Folder to import').setInputFiles(join(folder, 'messy'));
    const classes = page.getByRole('list', { name: 'Classes in this import' });
    await expect(page.getByRole('heading', { name: 'messy: 6 images' })).toBeVisible();
    await expect(classes.getByRole('listitem')).toHaveCount(2);
    await data.readAs(/level 3/);
    await expect(classes.getByRole('listitem')).toHaveCount(4);
    await page.getByRole('combobox', { name: 'Take dogs as' }).click();
    await page.getByRole('option', { name: 'Join dog' }).click();
    await expect(classes.getByText('joins')).toBeVisible();
    await page.getByRole('combobox', { name: 'Take junk as' }).click();
    await page.getByRole('option', { name: 'Leave unlabeled' }).click();
    await page.reload();
    await expect(page.getByText('The browser has let go of the files.', { exact: false })).toBeVisible();
    await page.getByLabel('Folder to import').setInputFiles(join(folder, 'messy'));
    await page.getByRole('button', { name: 'Import 6 images' }).click();
    await expect(page.getByText('Import finished')).toBeVisible({ timeout: 60_000 });
    expect(await data.figure('New images')).toBe('6');
    expect(await data.figure('Came labeled')).toBe('4');
    const project = await scenario.owner.call<{ classes: { name: string }[] }>('project.get', 'query', { projectId });
    expect(project.classes.map(({ name }) => name).sort()).toEqual(['cat', 'dog']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
