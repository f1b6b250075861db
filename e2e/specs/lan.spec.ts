import { hostname } from 'node:os';
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '../fixtures/actors.ts';
import { call, fillPerson, findOrganization, openBrowser, PASSWORD, setUpOwner } from '../fixtures/by-hand.ts';
import { drawZip } from '../fixtures/draw-zip.ts';
import { startPupil } from '../fixtures/start.ts';
import { readStarted } from '../fixtures/started.ts';
import { GridPage } from '../pages/grid.ts';
import { LabelPage } from '../pages/label.ts';

/** A name that browsers give no secure context; playwright.config.ts leads it to this machine. */
const NAME = 'pupil.test';

/** A project with drawn images, each of which two people are asked for. */
async function createProject(page: Page, organizationId: string): Promise<string> {
  const { projectId } = await call<{ projectId: string }>(page, 'project.create', {
    organizationId,
    name: 'Over the network',
    description: '',
    classes: ['round', 'square'],
    grayscale: false,
  });
  await call(page, 'project.update', {
    projectId,
    settings: { validationShare: 0, testShare: 0, overlap: 2, overlapOnDisagreement: 0 },
  });
  const { id } = await call<{ id: string }>(page, 'image.startImport', { projectId, name: 'drawn.zip', total: null });
  for (const part of await drawZip(16, 0)) {
    const status = await page.evaluate(
      async ([path, base64]) => {
        const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        return (await fetch(path, { method: 'PUT', body })).status;
      },
      [
        `/api/projects/${projectId}/imports/${id}/file?name=${part.name}&kind=zip`,
        part.bytes.toString('base64'),
      ] as const,
    );
    expect(status).toBe(200);
  }
  await call(page, 'image.endImport', { projectId, importId: id });
  return projectId;
}

for (const scheme of ['http', 'https'] as const) {
  const args = scheme === 'http' ? ['--host', '0.0.0.0'] : ['--https'];
  test(`PAGE-11 OPS-12 OPS-13 a team works over ${scheme} by a name that is not localhost`, async ({ browser }) => {
    test.setTimeout(420_000);
    const running = await startPupil([...args, '--no-trainer', '--empty']);
    try {
      if (scheme === 'http') expect(running.output).toContain(`http://${hostname().toLowerCase()}:${running.port}`);
      await work(browser, `${scheme}://${NAME}:${running.port}`, running.setupToken);
    } finally {
      await running.stop();
    }
  });
}

async function work(browser: Browser, origin: string, setupToken: string): Promise<void> {
  const owner = await openBrowser(browser, origin);
  await owner.page.goto(`/setup/${setupToken}`);
  expect(await owner.page.evaluate(() => window.isSecureContext)).toBe(origin.startsWith('https:'));
  await setUpOwner(owner.page, setupToken);
  const organizationId = await findOrganization(owner.page);
  const projectId = await createProject(owner.page, organizationId);

  // The link stands under the address that the owner's browser came by, and can be copied there.
  await owner.page.goto(`/organizations/${organizationId}/members`);
  await owner.page.getByRole('button', { name: 'Invite' }).first().click();
  await owner.page.getByRole('button', { name: 'Make the link' }).click();
  const link = await owner.page.getByRole('textbox', { name: 'Invite link' }).inputValue();
  expect(link.startsWith(`${origin}/invite/`)).toBe(true);
  await owner.page.getByRole('button', { name: 'Copy' }).click();
  await expect(owner.page.getByText(/^Copied$|is selected/)).toBeVisible();

  const anna = await openBrowser(browser, origin);
  await anna.page.goto(link);
  await fillPerson(anna.page, 'Anna Annotator');
  await anna.page.getByRole('button', { name: 'Join' }).click();
  await anna.page.waitForURL(`${origin}/`);

  const label = new LabelPage(anna.page);
  await label.open(projectId);
  const first = await label.press('1');
  const second = await label.current();
  await label.classes.getByRole('button', { name: /square/ }).click();
  await expect(anna.page.locator(`[data-stage="${second}"]`)).toHaveCount(0);
  await label.expectSaved();
  await anna.page.getByRole('tab', { name: 'Comments' }).click();
  await anna.page.getByRole('textbox', { name: 'Comment on this image' }).fill('Round enough?');
  await anna.page.getByRole('button', { name: 'Send' }).click();
  await expect(anna.page.getByRole('region', { name: 'Comments' }).getByRole('listitem')).toContainText(
    'Round enough?',
  );

  // Offline and back. What the browser logs of its own broken line is no error of the page.
  await anna.page.context().setOffline(true);
  await label.press('1');
  await label.press('2');
  await expect(label.sync).toHaveText('2 decisions unsent');
  await anna.page.context().setOffline(false);
  await label.expectSaved();
  expect(anna.errors.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text))).toEqual([]);
  anna.errors.length = 0;

  const grid = new GridPage(anna.page);
  await grid.openQueue(projectId);
  await grid.cells.nth(0).click();
  await grid.cells.nth(1).click();
  await grid.confirm.click();
  await label.expectSaved();

  // The owner says something else of the first image, and settles it in review.
  const mine = new LabelPage(owner.page);
  await mine.open(projectId);
  while ((await mine.current()) !== first) await mine.press('2');
  await mine.press('2');
  await mine.expectSaved();
  await owner.page.goto(`/projects/${projectId}/review`);
  await owner.page.getByRole('combobox', { name: 'Which items' }).click();
  await owner.page.getByRole('option', { name: 'People disagree' }).click();
  await expect(owner.page.getByText('Anna Annotator')).toBeVisible();
  await owner.page.keyboard.press('2');
  await expect(owner.page.getByText(/Settled|Nobody disagrees/).first()).toBeVisible();
  expect(owner.errors).toEqual([]);
  expect(anna.errors).toEqual([]);
  await anna.page.context().close();
  await owner.page.context().close();
}

/** How a request may fail; `lost` reaches the server, but its answer does not arrive. */
const FAILURES = ['cut', '403', '500', 'lost'] as const;

test('ACCESS-21 a join that fails at each step in turn says what to do and leaves an unused link', async ({
  scenario,
  browser,
}) => {
  const { organizationId, owner } = scenario;
  const { path } = await owner.call<{ path: string }>('people.invite', 'mutation', {
    organizationId,
    role: 'annotator',
    uses: 1,
    days: 1,
  });
  const origin = readStarted().url;
  const { page } = await openBrowser(browser, origin);
  const email = 'jo.joiner@example.test';
  const isMember = async () =>
    (await owner.call<{ email: string }[]>('people.members', 'query', { organizationId })).some(
      (row) => row.email === email,
    );
  const isOpen = async () =>
    (await owner.call<unknown>('people.checkInvitation', 'query', { token: path.split('/').pop() })) !== null;
  const fail = (step: string, how: (typeof FAILURES)[number]) =>
    page.route(`**/api/trpc/**${step}**`, async (route) => {
      if (how === 'cut') return route.abort();
      if (how === 'lost') await route.fetch();
      if (how === 'lost') return route.abort();
      return route.fulfill({ status: Number(how), contentType: 'text/html', body: '<h1>no</h1>' });
    });

  for (const how of ['cut', '403', '500'] as const) {
    await fail('people.checkInvitation', how);
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'This link could not be checked' })).toBeVisible({
      timeout: 30_000,
    });
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('button', { name: 'Join' })).toBeVisible();
  }
  await page.getByLabel('Your name').fill('Jo Joiner');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  for (const how of ['cut', '403', '500'] as const) {
    await fail('people.acceptInvitation', how);
    await page.getByRole('button', { name: 'Join' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'press the button again' })).toBeVisible();
    expect([await isMember(), await isOpen()], how).toEqual([false, true]);
    await page.unrouteAll();
  }
  // The join is done and its answer lost: the link is used up, and the same button brings its person in.
  await fail('people.acceptInvitation', 'lost');
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'press the button again' })).toBeVisible();
  expect([await isMember(), await isOpen()]).toEqual([true, false]);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL(`${origin}/`);
  await page.context().close();
});
