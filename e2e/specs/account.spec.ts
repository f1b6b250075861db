import { readStarted } from '../fixtures/started.ts';
import { expect, test } from '../fixtures/actors.ts';

const NEW = 'another horse and its battery';

test(
  'ACCESS-15 somebody changes their name and their password from the user menu: other browsers are signed out, ' +
    'this one stays',
  async ({ scenario, browser }) => {
    const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 4 });
    const anna = await scenario.invite('annotator', 'Anna Annotator');
    const elsewhere = await (
      await browser.newContext({ baseURL: readStarted().url, extraHTTPHeaders: { origin: readStarted().url } })
    ).newPage();
    const signIn = (password: string) =>
      elsewhere.context().request.post('/api/auth/sign-in/email', { data: { email: anna.email, password } });
    expect((await signIn('correct horse battery')).ok()).toBe(true);
    await elsewhere.goto(`/projects/${projectId}`);
    await expect(elsewhere.getByRole('heading', { level: 1 })).toBeVisible();

    const { page } = anna;
    await page.goto(`/projects/${projectId}`);
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Account' }).click();
    await page.getByLabel('What colleagues see you called').fill('Anna of the Mill');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Your name is changed')).toBeVisible();
    await page.getByRole('button', { name: 'Your account' }).click();
    await expect(page.getByRole('menu').getByText('Anna of the Mill')).toBeVisible();
    await page.keyboard.press('Escape');

    // A wrong current password is told beside its field, and the field says so to a screen reader.
    const current = page.getByLabel('Current password');
    await current.fill('something that it is not');
    await page.getByLabel('New password').fill(NEW);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByRole('alert').getByText(/not your current password/)).toBeVisible();
    await expect(current).toHaveAttribute('aria-invalid', 'true');

    await current.fill('correct horse battery');
    await page.getByLabel('New password').press('Enter');
    await expect(page.getByText('Your password is changed')).toBeVisible();
    await expect(current).toHaveValue('');

    // Here the person goes on; elsewhere the next page asks to sign in, with the new password only.
    await page.goto(`/projects/${projectId}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await elsewhere.goto(`/projects/${projectId}`);
    await elsewhere.waitForURL(/\/sign-in/);
    expect((await signIn('correct horse battery')).status()).toBe(401);
    expect((await signIn(NEW)).ok()).toBe(true);
    await elsewhere.context().close();
  },
);

test('ACCESS-23 a form that the page does not answer yet cannot be sent: no password lands in an address', async ({
  scenario,
  browser,
}) => {
  expect(scenario.organizationId).not.toBe('');
  const context = await browser.newContext({ baseURL: readStarted().url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('Password').fill('a secret');
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeDisabled();
  await page.getByLabel('Password').press('Enter');
  await page.waitForTimeout(500);
  expect(page.url()).not.toContain('secret');
  await context.close();
});
