import { randomUUID } from 'node:crypto';
import { until } from '../fixtures/api.ts';
import { expect, test } from '../fixtures/actors.ts';
import type { Actor } from '../fixtures/actors.ts';
import { readStarted } from '../fixtures/started.ts';
import { LabelPage } from '../pages/label.ts';
import { Phone } from '../pages/phone.ts';

const CLASSES = Array.from({ length: 12 }, (_, index) => `kind ${index + 1}`);
const progressOf = (actor: Actor, projectId: string) =>
  actor.call<{ labeled: number; disputed: number }>('label.progress', 'query', { projectId });

/** What is smaller than a thumb on the page on screen: names of buttons and fields. */
const tooSmall = (phone: Phone): Promise<string[]> =>
  phone.page
    .locator('.hand-page')
    .locator('button, a, input, [role="combobox"]')
    .evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility())
        .filter((one) => one.getBoundingClientRect().width < 48 || one.getBoundingClientRect().height < 48)
        .map((one) => one.getAttribute('aria-label') ?? one.textContent),
    );

test('TOUCH-1 TOUCH-2 TOUCH-3 ten images on a phone: taps, a pinch, a double tap, swipes, the search', async ({
  scenario,
  browser,
}) => {
  const { projectId } = await scenario.createProject({ classes: CLASSES, images: 12 });
  const anna = await scenario.invite('annotator', 'Anna Thumb');
  const phone = await Phone.of(browser, anna, readStarted().url);
  const { page } = phone;
  const label = new LabelPage(page);
  await label.open(projectId);
  await label.current();
  await expect(page.getByText('0 of 12 done')).toBeInViewport();
  await expect(page.getByRole('textbox', { name: 'Search classes' })).toBeInViewport();
  for (const name of ['Undo', 'Redo', 'Skip…', 'Flag', 'Zoom in', 'Fit', 'Brightness and contrast'])
    await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
  expect(await tooSmall(phone)).toEqual([]);

  await phone.pinch(60, 180);
  expect(await phone.zoom()).toBeGreaterThan(2);
  // What is zoomed is moved, not swiped.
  const zoomed = await label.current();
  await phone.drag(-200);
  expect(await label.current()).toBe(zoomed);
  await phone.pinch(180, 30);
  expect(await phone.zoom()).toBe(1);
  await phone.tapTwice();
  expect(await phone.zoom()).toBeGreaterThan(2);
  await phone.tapTwice();
  expect(await phone.zoom()).toBe(1);
  expect(await page.evaluate(() => window.visualViewport?.scale)).toBe(1);

  const tap = async (name: string): Promise<string> => {
    const before = await label.current();
    await label.classes.getByRole('button', { name, exact: true }).tap();
    await expect(page.locator(`[data-stage="${before}"]`)).toHaveCount(0);
    return before;
  };
  // A short way shows what a swipe would do and does nothing; the whole way takes back.
  const first = await tap('kind 1');
  const second = await label.current();
  await phone.drag(30, 0, () => expect(page.getByText('Undo', { exact: true })).toBeVisible());
  expect(await label.current()).toBe(second);
  await phone.drag(200);
  await expect(page.locator(`[data-stage="${first}"]`)).toHaveCount(1);
  await tap('kind 2');
  await phone.drag(-200);
  await expect(page.locator(`[data-stage="${second}"]`)).toHaveCount(0);
  for (let step = 1; step < 9; step += 1) await tap(`kind ${(step % 3) + 1}`);
  const last = await label.current();
  await page.getByRole('textbox', { name: 'Search classes' }).tap();
  await page.keyboard.type('kind 12');
  await page.keyboard.press('Enter');
  await expect(page.locator(`[data-stage="${last}"]`)).toHaveCount(0);
  await label.expectSaved();
  await until(
    () => progressOf(anna, projectId),
    (progress) => progress.labeled === 10,
  );
  await phone.context.close();
});

test('TOUCH-2 TOUCH-3 a lead settles three images on a phone, putting one behind the others by a swipe', async ({
  scenario,
  browser,
}) => {
  const { projectId } = await scenario.createProject({
    classes: CLASSES,
    images: 3,
    settings: { overlap: 2, overlapOnDisagreement: 0 },
  });
  const { classes } = await scenario.owner.call<{ classes: { id: string }[] }>('project.get', 'query', { projectId });
  for (const [index, name] of ['Anna Left', 'Bert Right'].entries()) {
    const person = await scenario.invite('annotator', name);
    const { images } = await person.call<{ images: { id: string; token: number }[] }>('label.claim', 'mutation', {
      projectId,
      count: 3,
    });
    const annotations = images.map(({ id, token }) => ({
      id: randomUUID(),
      imageId: id,
      kind: 'decide',
      classId: classes[index]?.id,
      token,
    }));
    await person.call('label.submit', 'mutation', { projectId, annotations });
  }
  const lead = await scenario.invite('lead', 'Lea Thumb');
  const phone = await Phone.of(browser, lead, readStarted().url);
  const { page } = phone;
  await page.goto(`/projects/${projectId}/review`);
  await page.getByRole('combobox', { name: 'Which items' }).tap();
  await page.getByRole('option', { name: 'People disagree' }).tap();
  const label = new LabelPage(page);
  const first = await label.current();
  expect(await tooSmall(phone)).toEqual([]);
  await page.getByRole('button', { name: 'Who said what' }).tap();
  await expect(page.getByRole('dialog').getByText('Bert Right')).toBeVisible();
  await page.keyboard.press('Escape');
  await phone.drag(-200);
  await expect(page.locator(`[data-stage="${first}"]`)).toHaveCount(0);
  for (let step = 0; step < 3; step += 1) {
    const before = await label.current();
    await label.classes.getByRole('button', { name: 'kind 2', exact: true }).tap();
    await expect(page.locator(`[data-stage="${before}"]`)).toHaveCount(0);
  }
  await expect(page.getByRole('heading', { name: 'Nobody disagrees' })).toBeVisible();
  await until(
    () => progressOf(lead, projectId),
    (progress) => progress.disputed === 0 && progress.labeled === 3,
  );
  await phone.context.close();
});

/** How much the browser keeps for opening offline: pages, images, and images in the hand. */
const keptBy = (phone: Phone, projectId: string): Promise<[number, number, number]> =>
  phone.page.evaluate(
    async (key) => [
      (await (await caches.open('pupil-shell')).keys()).length,
      (await (await caches.open('pupil-images')).keys()).length,
      await new Promise<number>((resolve, reject) => {
        const opened = indexedDB.open('pupil-offline');
        opened.addEventListener('error', () => reject(opened.error));
        opened.addEventListener('success', () => {
          const kept = opened.result.transaction('kept').objectStore('kept').get(key);
          kept.addEventListener('error', () => reject(kept.error));
          kept.addEventListener('success', () => resolve((kept.result as unknown[]).length));
        });
      }),
    ],
    `hand/${projectId}/label`,
  );

test('OFFLINE-1 OFFLINE-2 OFFLINE-3 the app opens without a connection, goes on, and sends later', async ({
  scenario,
  browser,
}) => {
  const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 9 });
  const anna = await scenario.invite('annotator', 'Anna Away');
  const phone = await Phone.of(browser, anna, readStarted().url);
  const { page, context } = phone;
  const manifest = await anna.context.request.get('/manifest.webmanifest');
  for (const { src } of ((await manifest.json()) as { icons: { src: string }[] }).icons)
    expect((await anna.context.request.get(src)).headers()['content-type']).toBe('image/png');

  const label = new LabelPage(page);
  await label.open(projectId);
  const tap = async (name: string): Promise<void> => {
    const before = await label.current();
    await label.classes.getByRole('button', { name, exact: true }).tap();
    await expect(page.locator(`[data-stage="${before}"]`)).toHaveCount(0);
  };
  await tap('round');
  await label.expectSaved();
  await until(
    () => keptBy(phone, projectId),
    ([pages, images, hand]) => pages === 2 && images === 9 && hand === 8,
  );

  await context.setOffline(true);
  await page.reload();
  for (const name of ['round', 'square', 'round']) await tap(name);
  await expect(label.sync).toHaveText('3 decisions unsent');
  expect(
    await page.getByRole('img', { name: /^To label:/ }).evaluate((image: HTMLImageElement) => image.naturalWidth),
  ).toBeGreaterThan(0);
  await page.reload();
  await expect(label.sync).toHaveText('3 decisions unsent');
  await tap('square');
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await expect(page.getByText('4 decisions wait on this device')).toBeVisible();
  await page.getByRole('link', { name: 'Go on labeling' }).tap();
  await tap('round');
  await expect(label.sync).toHaveText('5 decisions unsent');

  await context.setOffline(false);
  await label.expectSaved();
  const progress = await progressOf(anna, projectId);
  expect(progress.labeled).toBe(6);

  await page.getByRole('button', { name: 'Your account' }).tap();
  await page.getByRole('menuitem', { name: 'Sign out' }).tap();
  await page.waitForURL(/\/sign-in/);
  expect(await page.evaluate(async () => (await caches.keys()).filter((name) => name !== 'pupil-chunks'))).toEqual([]);
  await context.close();
});
