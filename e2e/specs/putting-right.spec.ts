import { GalleryPage } from '../pages/gallery.ts';
import { expect, test } from '../fixtures/actors.ts';

test.describe('images are put right', () => {
  test('IMAGE-19 IMAGE-22 a lead excludes wrong images with a reason, and takes it back', async ({ scenario }) => {
    const { page } = scenario.owner;
    const { projectId } = await scenario.createProject({ images: 24, labeled: 12 });
    const gallery = new GalleryPage(page);
    await gallery.open(projectId);
    await expect(page.getByText('24 images')).toBeVisible();
    await gallery.selectFirst(3);
    await gallery.change('Exclude…');
    await page.getByLabel('Reason').fill('blurred');
    await page.getByRole('button', { name: 'Exclude', exact: true }).click();
    await expect(page.getByText('3 images excluded')).toBeVisible();
    await expect(page.getByText('21 images', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText('24 images', { exact: true })).toBeVisible();
  });

  test('IMAGE-20 IMAGE-22 all that a search finds is deleted, and brought back from the deleted', async ({
    scenario,
  }) => {
    const { page } = scenario.owner;
    const { projectId } = await scenario.createProject({ images: 24, labeled: 0 });
    const gallery = new GalleryPage(page);
    await gallery.open(projectId);
    await page.getByLabel('Search file names').fill('drawn-000');
    await page.keyboard.press('Enter');
    await expect(page.getByText('10 images', { exact: true })).toBeVisible();
    await expect(page).toHaveURL(/name=drawn-000/);
    await gallery.selectFirst(2);
    await page.getByRole('button', { name: 'All 10' }).click();
    await gallery.change('Delete');
    await page.getByRole('button', { name: 'Deleting: go on' }).click();
    await expect(page.getByText('10 images deleted')).toBeVisible();
    await gallery.open(projectId, '?aside=deleted');
    await expect(page.getByText('10 images', { exact: true })).toBeVisible();
    await gallery.selectFirst(4);
    await gallery.change('Bring back');
    await expect(page.getByText('4 images back in the project')).toBeVisible();
    await expect(page.getByText('6 images', { exact: true })).toBeVisible();
  });

  test('PAGE-4 the open image stands in the address, is labeled by a key, and Back leads to the gallery', async ({
    scenario,
  }) => {
    const { page } = scenario.owner;
    const { projectId } = await scenario.createProject({ images: 6, classes: ['cat', 'dog'] });
    const gallery = new GalleryPage(page);
    await gallery.open(projectId);
    await gallery.images.first().focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Image' });
    await expect(drawer.getByText('Nobody has answered yet')).toBeVisible();
    await expect(page).toHaveURL(/image=/);
    await page.keyboard.press('2');
    await expect(drawer.getByText('One answer')).toBeVisible();
    await page.keyboard.press('1');
    await expect(drawer.getByRole('button', { name: 'cat' })).toHaveAttribute('aria-pressed', 'true');
    await page.reload();
    await expect(drawer.getByText('One answer')).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(drawer.getByText('Nobody has answered yet')).toBeVisible();
    await page.keyboard.press('Delete');
    await expect(page.getByText('1 image deleted')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    await expect(page).not.toHaveURL(/image=/);
    await gallery.images.first().focus();
    await page.keyboard.press('Enter');
    await expect(drawer).toBeVisible();
    await page.goBack();
    await expect(drawer).toBeHidden();
    await expect(page.getByText('5 images', { exact: true })).toBeVisible();
  });
});

test('CLASS-1 CLASS-5 a class is merged after a preview and taken back; its words stand on the label page', async ({
  scenario,
}) => {
  const { page } = scenario.owner;
  const { projectId } = await scenario.createProject({ images: 16, labeled: 12 });
  await page.goto(`/projects/${projectId}/settings`);
  const { classes } = await scenario.owner.call<{ classes: { id: string; name: string }[] }>('project.get', 'query', {
    projectId,
  });
  const [one, into] = classes.map(({ name }) => name);
  await page.getByRole('button', { name: `More about ${one}` }).click();
  await page.getByRole('menuitem', { name: 'Merge into…' }).click();
  await page.getByRole('combobox', { name: 'Merge into' }).click();
  await page.getByRole('option', { name: into ?? '', exact: true }).click();
  await expect(page.getByRole('list', { name: 'What this does' })).toContainText('beside');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.getByText(`${one} is merged into ${into}`)).toBeVisible();
  await expect(page.getByLabel(`Name of ${one}`, { exact: true })).toBeHidden();
  await page.getByRole('button', { name: 'Take back' }).click();
  await expect(page.getByLabel(`Name of ${one}`, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: `More about ${one}` }).click();
  await page.getByRole('menuitem', { name: 'Describe…' }).click();
  await page.getByLabel('Description').fill('Has three corners.');
  await page.getByRole('button', { name: 'Example 1', exact: true }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.goto(`/projects/${projectId}/label`);
  await expect(page.getByText('Has three corners.')).toBeVisible();
});
