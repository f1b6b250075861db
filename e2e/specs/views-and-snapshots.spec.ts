import { expect, test } from '../fixtures/actors.ts';
import { GalleryPage } from '../pages/gallery.ts';

test('IMAGE-34 a lead names what the gallery shows; a colleague opens it', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: ['cat', 'dog'], images: 12, labeled: 6 });
  const { page } = scenario.owner;
  const gallery = new GalleryPage(page);
  await gallery.open(projectId, '?source=human&split=pool');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('Answered in the pool');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Saved views' }).getByRole('listitem')).toHaveCount(1);
  const { page: colleague } = await scenario.invite('annotator', 'Ada');
  await new GalleryPage(colleague).open(projectId);
  await colleague.getByRole('button', { name: 'Views' }).click();
  await colleague.getByRole('button', { name: 'Answered in the pool' }).click();
  await expect(colleague).toHaveURL(/source=human&split=pool$/u);
  await expect(colleague.getByRole('button', { name: 'Answered in the pool' }).first()).toBeVisible();
});

test('FORMAT-44 a snapshot is noted and becomes a project of its own', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ name: 'Zoo', classes: ['cat', 'dog'], images: 12, labeled: 6 });
  const { page } = scenario.owner;
  await page.goto(`/projects/${projectId}/data/snapshots`);
  await page.getByRole('textbox', { name: 'Name of the snapshot' }).fill('first pass');
  await page.getByRole('textbox', { name: 'Note' }).fill('before the new guidelines');
  await page.getByRole('button', { name: 'Take a snapshot' }).click();
  const row = page.getByRole('row', { name: /first pass/u });
  await expect(row).toContainText('before the new guidelines');
  await row.getByRole('link', { name: 'Export' }).click();
  await expect(page.getByRole('combobox', { name: 'Labels' })).toContainText('Snapshot first pass');
  await expect(page.getByRole('link', { name: 'Download labels' })).toHaveAttribute('href', /snapshotId=/u);
  await page.goBack();
  await row.getByRole('button', { name: 'To a project' }).click();
  await page.getByRole('button', { name: 'Make the project' }).click();
  await expect(page).not.toHaveURL(new RegExp(projectId, 'u'));
  await expect(page.getByRole('row', { name: /Snapshot first pass/u })).toContainText('done');
});
