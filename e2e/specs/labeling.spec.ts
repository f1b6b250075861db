import { until } from '../fixtures/api.ts';
import { expect, test } from '../fixtures/actors.ts';
import type { Actor } from '../fixtures/actors.ts';
import { GridPage } from '../pages/grid.ts';
import { LabelPage } from '../pages/label.ts';

interface Progress {
  total: number;
  done: number;
  labeled: number;
  disputed: number;
  mineToday: number;
}
interface Mine {
  id: string;
  imageId: string;
  classId: string | null;
}

const CLASSES = ['round', 'square'];
const progressOf = (actor: Actor, projectId: string) => actor.call<Progress>('label.progress', 'query', { projectId });
const mineOf = (actor: Actor, projectId: string) =>
  actor.call<Mine[]>('label.mine', 'query', { projectId, limit: 200 });

const OFFLINE_MS = 30_000;

test('LEASE-1 two annotators label together, never the same image, and see each other’s count move', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 16 });
  const [anna, bert] = [await scenario.invite('annotator', 'Anna One'), await scenario.invite('annotator', 'Bert Two')];
  const [left, right] = [new LabelPage(anna.page), new LabelPage(bert.page)];
  await Promise.all([left.open(projectId), right.open(projectId)]);
  const seen: string[] = [];
  for (let step = 0; step < 4; step += 1) {
    seen.push(await left.press('1'));
    if (await right.image.isVisible()) seen.push(await right.press('2'));
  }
  expect(new Set(seen).size).toBe(seen.length);
  await Promise.all([left.expectSaved(), right.expectSaved()]);
  await expect(anna.page.getByText(`${seen.length} of 16 done`)).toBeVisible();
  await expect(bert.page.getByText(`${seen.length} of 16 done`)).toBeVisible();
});

test('ANNOTATION-3 undo goes ten back over a reload, and redo comes forward', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 14 });
  const anna = await scenario.invite('annotator', 'Anna Undo');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  const decided: string[] = [];
  for (let step = 0; step < 10; step += 1) decided.push(await label.press(step % 2 === 0 ? '1' : '2'));
  await label.expectSaved();
  await anna.page.reload();
  await expect(anna.page.getByRole('button', { name: 'Undo' })).toBeEnabled();
  for (const imageId of [...decided].reverse()) {
    await label.press('Backspace');
    expect(await label.current()).toBe(imageId);
  }
  await label.expectSaved();
  await until(
    () => progressOf(anna, projectId),
    (progress) => progress.labeled === 0,
  );
  await expect(anna.page.getByText('0 of 14 done')).toBeVisible();
  for (let step = 0; step < 10; step += 1) await label.press('Shift+Backspace');
  await label.expectSaved();
  const rows = await mineOf(anna, projectId);
  expect(rows.map((row) => row.imageId).reverse()).toEqual(decided);
});

test('ANNOTATION-8 what is decided offline is counted, kept and sent once when the connection is back', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 12 });
  const anna = await scenario.invite('annotator', 'Anna Offline');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  await label.press('1');
  await label.expectSaved();
  await anna.context.setOffline(true);
  for (let step = 0; step < 5; step += 1) await label.press('2');
  await expect(label.sync).toHaveText('5 decisions unsent');
  expect(await mineOf(scenario.owner, projectId)).toEqual([]);
  // Long enough for the server to see the socket die and to give up the hand that it held.
  await anna.page.waitForTimeout(OFFLINE_MS);
  await expect(label.sync).toHaveText('5 decisions unsent');
  await anna.context.setOffline(false);
  await label.expectSaved();
  expect(await mineOf(anna, projectId)).toHaveLength(6);
  expect((await progressOf(anna, projectId)).labeled).toBe(6);
});

test('ANNOTATION-8 a reload keeps unsent decisions, and their images do not come again', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 12 });
  const anna = await scenario.invite('annotator', 'Anna Reload');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  await anna.page.route('**/api/trpc/label.submit**', (route) => route.abort());
  const decided = [await label.press('1'), await label.press('2'), await label.press('1')];
  await expect(label.sync).toHaveText('3 decisions unsent');
  await anna.page.reload();
  await expect(label.sync).toHaveText('3 decisions unsent');
  expect(decided).not.toContain(await label.current());
  await anna.page.unroute('**/api/trpc/label.submit**');
  await label.expectSaved();
  expect((await mineOf(anna, projectId)).map((row) => row.imageId).reverse()).toEqual(decided);
});

test('LEASE-4 two race for the last images; the one without any is told why, and gets what the other leaves', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 6 });
  const [anna, bert] = [
    await scenario.invite('annotator', 'Anna First'),
    await scenario.invite('annotator', 'Bert Late'),
  ];
  const [left, right] = [new LabelPage(anna.page), new LabelPage(bert.page)];
  await left.open(projectId);
  await left.current();
  await right.open(projectId);
  await expect(bert.page.getByRole('heading', { name: 'Colleagues hold the last 6 images' })).toBeVisible();
  await left.press('1');
  await left.expectSaved();
  await anna.page.goto(`/projects/${projectId}`);
  for (let step = 0; step < 5; step += 1) {
    // What a colleague left comes back as its leases run out, which need not be at once for all.
    await expect(right.image).toBeVisible({ timeout: 60_000 });
    await right.press('2');
  }
  await expect(bert.page.getByRole('heading', { name: 'All images are labeled' })).toBeVisible();
  await right.expectSaved();
  expect(await progressOf(bert, projectId)).toMatchObject({ total: 6, done: 6 });
});

test('LEASE-11 of two tabs of one person one is left: the other goes on with what both hold', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 6 });
  const [anna, bert] = [
    await scenario.invite('annotator', 'Anna Tabs'),
    await scenario.invite('annotator', 'Bert Alone'),
  ];
  const [first, second] = [new LabelPage(anna.page), new LabelPage(await anna.page.context().newPage())];
  await first.open(projectId);
  await second.open(projectId);
  await second.current();
  const released = anna.page.waitForResponse((response) => response.url().includes('label.release'));
  await anna.page.getByRole('link', { name: 'Gallery' }).first().click();
  await released;
  await new LabelPage(bert.page).open(projectId);
  await expect(bert.page.getByRole('heading', { name: 'Colleagues hold the last 6 images' })).toBeVisible();
  for (let step = 0; step < 6; step += 1) await second.press('1');
  await second.expectSaved();
  const rows = await anna.call<{ late: boolean }[]>('label.mine', 'query', { projectId, limit: 200 });
  expect(rows.map(({ late }) => late)).toEqual(Array.from({ length: 6 }, () => false));
});

test('LEASE-6 ANNOTATION-17 overlap goes from 1 to 2 while people label: the second answers come from others', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 4 });
  const [anna, bert] = [
    await scenario.invite('annotator', 'Anna Twice'),
    await scenario.invite('annotator', 'Bert Second'),
  ];
  const [left, right] = [new LabelPage(anna.page), new LabelPage(bert.page)];
  await left.open(projectId);
  for (let step = 0; step < 4; step += 1) await left.press('1');
  await expect(anna.page.getByRole('heading', { name: 'All images are labeled' })).toBeVisible();
  const owner = scenario.owner.page;
  await owner.goto(`/projects/${projectId}/settings`);
  const asked = owner.getByRole('spinbutton', { name: 'People asked for one image' });
  await asked.fill('2');
  await asked.press('Enter');
  const dialog = owner.getByRole('dialog', { name: 'Ask 2 people for each image?' });
  await expect(dialog).toContainText(/4 labels.*they wait/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await progressOf(anna, projectId)).toMatchObject({ labeled: 4 });
  await asked.fill('2');
  await asked.press('Enter');
  await dialog.getByRole('button', { name: 'Ask them' }).click();
  await until(
    () => progressOf(anna, projectId),
    (progress) => progress.labeled === 0,
  );
  await right.open(projectId);
  for (let step = 0; step < 4; step += 1) await right.press('1');
  await right.expectSaved();
  expect(await progressOf(bert, projectId)).toMatchObject({ total: 4, done: 4, labeled: 4 });
});

test('ANNOTATION-7 a lead settles what two people disagree on', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({
    classes: CLASSES,
    images: 1,
    settings: { overlap: 2, overlapOnDisagreement: 0 },
  });
  const people = [await scenario.invite('annotator', 'Anna Yes'), await scenario.invite('annotator', 'Bert No')];
  for (const [index, person] of people.entries()) {
    const label = new LabelPage(person.page);
    await label.open(projectId);
    await label.press(String(index + 1));
    await label.expectSaved();
  }
  const lead = await scenario.invite('lead', 'Lea Lead');
  await lead.page.goto(`/projects/${projectId}/review`);
  await lead.page.getByRole('combobox', { name: 'Which items' }).click();
  await lead.page.getByRole('option', { name: 'People disagree' }).click();
  await expect(lead.page.getByText('Bert No')).toBeVisible();
  await lead.page.keyboard.press('2');
  await expect(lead.page.getByRole('heading', { name: 'Nobody disagrees' })).toBeVisible();
  const settled = await until(
    () => progressOf(lead, projectId),
    (progress) => progress.labeled === 1,
  );
  expect(settled).toMatchObject({ done: 1, disputed: 0 });
});

test('a mention in a comment is taken with Enter as with Tab, and Enter without one begins a line', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 2 });
  const { page } = scenario.owner;
  await new LabelPage(page).open(projectId);
  await page.getByRole('tab', { name: 'Comments' }).click();
  const box = page.getByRole('textbox', { name: 'Comment on this image' });
  for (const key of ['Enter', 'Tab']) {
    await box.fill('');
    await box.pressSequentially('See @oli');
    await expect(page.getByRole('list', { name: 'People to mention' })).toBeVisible();
    await box.press(key);
    await expect(box).toHaveValue('See @Olivia Owner ');
  }
  await box.press('Enter');
  await expect(box).toHaveValue('See @Olivia Owner \n');
});

test('ANNOTATION-9 PAGE-14 PAGE-16 a grid labels many in one stroke, fills up, and takes it back', async ({
  scenario,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 40 });
  const anna = await scenario.invite('annotator', 'Anna Grid');
  const grid = new GridPage(anna.page);
  await grid.openQueue(projectId);
  await expect(grid.cells).toHaveCount(36);
  // A file name may tell the class: nobody hears it before they have answered.
  await expect(grid.cells.first()).toHaveAccessibleName('Image 1 of 36: no answer');
  for (const index of [0, 1, 2, 3, 4]) await grid.cells.nth(index).click();
  await grid.confirm.click();
  await until(
    () => progressOf(anna, projectId),
    (progress) => progress.labeled === 5,
  );
  await expect(grid.cells).toHaveCount(35);
  await anna.page.keyboard.press('Backspace');
  await until(
    () => progressOf(anna, projectId),
    (progress) => progress.labeled === 0,
  );
  await expect(grid.cells).toHaveCount(40);
});

test('PAGE-14 a label page holds no file name, and each image has its number for a name', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 8 });
  const { images } = await scenario.owner.call<{ images: { fileName: string }[] }>('gallery.list', 'query', {
    projectId,
    limit: 50,
  });
  expect(images).toHaveLength(8);
  const anna = await scenario.invite('annotator', 'Anna Listener');
  const { page } = anna;
  const label = new LabelPage(page);
  await label.open(projectId);
  const expectNone = async () => {
    const source = await page.content();
    expect(images.filter(({ fileName }) => source.includes(fileName))).toEqual([]);
  };
  await expect(page.getByRole('img', { name: 'To label: image 1', exact: true })).toBeVisible();
  await expectNone();
  await label.press('1');
  await label.expectSaved();
  await expect(page.getByRole('img', { name: 'To label: image 2', exact: true })).toBeVisible();
  for (const side of ['Comments', 'Session', 'Guidelines']) {
    await page.getByRole('tab', { name: side }).click();
    await expectNone();
  }
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('img', { name: 'To label: image 1', exact: true })).toBeVisible();
  await expectNone();
});

test('ACCESS-5 a member removed while labeling is put out at once', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 6 });
  const anna = await scenario.invite('annotator', 'Anna Gone');
  const label = new LabelPage(anna.page);
  await label.open(projectId);
  await label.press('1');
  await label.expectSaved();
  const members = await scenario.owner.call<{ memberId: string; name: string; email: string }[]>(
    'people.members',
    'query',
    { organizationId: scenario.organizationId },
  );
  const memberId = members.find((row) => row.email === anna.email)?.memberId;
  await scenario.owner.call('people.remove', 'mutation', { organizationId: scenario.organizationId, memberId });
  await expect(label.image).toBeHidden();
  await expect(anna.call('label.claim', 'mutation', { projectId, count: 1 })).rejects.toThrow(/does not exist/);
});
