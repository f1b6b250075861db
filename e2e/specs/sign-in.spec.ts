import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { OAuth2Server } from 'oauth2-mock-server';
import { SMTPServer } from 'smtp-server';
import { expect, test } from '../fixtures/actors.ts';
import { call, fillPerson, findOrganization, openBrowser, setUpOwner } from '../fixtures/by-hand.ts';
import { startPupil } from '../fixtures/start.ts';
import type { Running } from '../fixtures/start.ts';

const run = promisify(execFile);
const ANNA = 'anna.annotator@example.test';

/** A mail server that keeps the letters, as they came. */
async function openMailbox() {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => void text(stream).then((letter) => (letters.push(letter), done())),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.server.address() as AddressInfo;
  return { letters, url: `smtp://127.0.0.1:${port}`, close: () => new Promise<void>((done) => server.close(done)) };
}

/** A real issuer that signs in whomever the next claims name. */
async function openIssuer() {
  const issuer = new OAuth2Server();
  await issuer.issuer.keys.generate('RS256');
  await issuer.start(0, 'localhost');
  const next: { claims: Record<string, unknown> } = { claims: {} };
  issuer.service.on('beforeTokenSigning', (token: { payload: Record<string, unknown> }) => {
    Object.assign(token.payload, next.claims);
  });
  return { next, url: issuer.issuer.url ?? '', close: () => issuer.stop() };
}

const signIn = async (page: Page, email: string, password: string): Promise<void> => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};

const choosePassword = async (page: Page, password: string): Promise<void> => {
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Save and go in' }).click();
  await page.waitForURL((url) => url.pathname === '/');
};

test('MEMBER-3 MEMBER-6 MEMBER-7 MEMBER-8 MEMBER-11 people get in by every way there is', async ({ browser }) => {
  test.setTimeout(420_000);
  const [mail, issuer] = [await openMailbox(), await openIssuer()];
  const running = await startPupil(['--no-trainer', '--empty'], {
    PUPIL_SMTP_URL: mail.url,
    PUPIL_MAIL_FROM: 'pupil@example.test',
    PUPIL_OIDC_ISSUER: issuer.url,
    PUPIL_OIDC_CLIENT_ID: 'pupil',
    PUPIL_OIDC_CLIENT_SECRET: 'secret',
    PUPIL_OIDC_DOMAINS: 'example.test',
    PUPIL_OIDC_LABEL: 'Example ID',
  });
  try {
    await walk(browser, running, mail.letters, issuer.next);
  } finally {
    await running.stop();
    await Promise.all([mail.close(), issuer.close()]);
  }
});

async function walk(
  browser: Browser,
  running: Running,
  letters: readonly string[],
  next: { claims: Record<string, unknown> },
): Promise<void> {
  const origin = `http://localhost:${running.port}`;
  const owner = await openBrowser(browser, origin);
  await setUpOwner(owner.page, running.setupToken);
  const organizationId = await findOrganization(owner.page);
  const create = async (name: string) =>
    (
      await call<{ projectId: string }>(owner.page, 'project.create', {
        organizationId,
        name,
        description: '',
        classes: ['round', 'square'],
        grayscale: false,
      })
    ).projectId;
  const birds = await create('Birds');
  await create('Secret fish');

  // Invited from a project, Anna lands in it and sees no other. On this machine's own address the dialog says so.
  await owner.page.goto(`/projects/${birds}/label`);
  await owner.page.goto(`/organizations/${organizationId}/members`);
  await owner.page.getByRole('button', { name: 'Invite' }).first().click();
  await owner.page.getByRole('checkbox', { name: 'Every project' }).click();
  await owner.page.getByRole('checkbox', { name: 'Birds' }).click();
  await look(owner.page, 'invite-project');
  await owner.page.getByRole('button', { name: 'Make the link' }).click();
  await expect(owner.page.getByText('it leads to this machine only')).toBeVisible();
  const link = await owner.page.getByRole('textbox', { name: 'Invite link' }).inputValue();
  await owner.page.getByRole('button', { name: 'Done' }).click();
  const anna = await openBrowser(browser, origin);
  await anna.page.goto(link);
  await fillPerson(anna.page, 'Anna Annotator');
  await anna.page.getByRole('button', { name: 'Join' }).click();
  await anna.page.waitForURL(`${origin}/projects/${birds}`);
  await anna.page.goto('/');
  await expect(anna.page.getByRole('link', { name: 'Birds' })).toBeVisible();
  await expect(anna.page.getByText('Secret fish')).toHaveCount(0);

  // The owner hands over a link to a new password; the old one ends with it.
  await owner.page.getByRole('button', { name: 'Actions for Anna Annotator' }).click();
  await owner.page.getByRole('menuitem', { name: 'New password…' }).click();
  await owner.page.getByRole('button', { name: 'Make the link' }).click();
  const reset = await owner.page.getByRole('textbox', { name: 'Password link' }).inputValue();
  await look(owner.page, 'reset-link');
  const elsewhere = await openBrowser(browser, origin);
  await elsewhere.page.goto(reset);
  await expect(elsewhere.page.getByText('Welcome back, Anna Annotator')).toBeVisible();
  await look(elsewhere.page, 'reset-page');
  await choosePassword(elsewhere.page, 'a second horse battery');
  await anna.page.goto('/');
  await anna.page.waitForURL(/\/sign-in/);

  // Forgotten: a letter brings the link, and an unknown address is told the same.
  await look(anna.page, 'sign-in');
  await anna.page.getByRole('link', { name: 'Forgot password?' }).click();
  // The page before has a field of the same name.
  await expect(anna.page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
  await anna.page.getByLabel('E-mail').fill(ANNA);
  await anna.page.getByRole('button', { name: 'Send the link' }).click();
  await expect(anna.page.getByText('Look into your mail')).toBeVisible();
  await expect.poll(() => letters.length).toBe(1);
  const letter = (letters[0] ?? '').replaceAll('=\r\n', '');
  expect(letter).toContain(`To: ${ANNA}`);
  await anna.page.goto(new URL(/http\S+(\/reset\/[\w-]+)/.exec(letter)?.[1] ?? '', origin).href);
  await choosePassword(anna.page, 'a third horse battery');

  // An issuer's word brings somebody in whom it knows; another domain stays out, and is told why.
  // The issuer leads back to the main address: that is where it is asked from.
  const main = `http://127.0.0.1:${running.port}`;
  const olga = await openBrowser(browser, main);
  await olga.page.goto('/sign-in');
  next.claims = { sub: 'eve', email: 'eve@elsewhere.test', email_verified: true, name: 'Eve Elsewhere' };
  await olga.page.getByRole('button', { name: 'Sign in with Example ID' }).click();
  await expect(olga.page.getByText('Addresses of this domain do not sign in here')).toBeVisible();
  next.claims = { sub: 'iris', email: 'iris@example.test', email_verified: true, name: 'Iris Issued' };
  await olga.page.getByRole('button', { name: 'Sign in with Example ID' }).click();
  await olga.page.waitForURL(`${main}/`);
  await olga.page.getByRole('button', { name: 'Your account' }).click();
  await expect(olga.page.getByRole('menu').getByText('Iris Issued')).toBeVisible();

  // A locked-out owner comes in by the operator's hand, while Pupil runs.
  const { stdout } = await run(process.execPath, [
    'scripts/start.mjs',
    '--reset-owner',
    '--data',
    running.folder,
    '--port',
    String(running.port),
  ]);
  const path = /(\/reset\/[\w-]+)/.exec(stdout)?.[1] ?? '';
  await olga.page.context().clearCookies();
  await olga.page.goto(path);
  await expect(olga.page.getByText('Welcome back, Olga Owner')).toBeVisible();
  await choosePassword(olga.page, 'the owner is back again');
  await olga.page.context().clearCookies();
  await signIn(olga.page, 'olga.owner@example.test', 'the owner is back again');
  await olga.page.waitForURL(`${main}/`);
  for (const { page } of [owner, anna, elsewhere, olga]) await page.context().close();
}

/** Pictures for whoever builds these pages: `PUPIL_LOOK=DIR` keeps them, at both widths and in both themes. */
async function look(page: Page, name: string): Promise<void> {
  const folder = process.env['PUPIL_LOOK'];
  if (folder === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 800 });
}
