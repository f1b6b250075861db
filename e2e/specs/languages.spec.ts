import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { expect, test } from '../fixtures/actors.ts';
import type { Scenario } from '../fixtures/actors.ts';
import { readStarted } from '../fixtures/started.ts';
import { lookAt } from '../pages/catalogue.ts';

const CLASSES = ['고양이', '트럭'];

async function makeInvitation({ owner, organizationId }: Scenario): Promise<string> {
  const { path } = await owner.call<{ path: string }>('people.invite', 'mutation', {
    organizationId,
    role: 'annotator',
    uses: 1,
    days: 1,
  });
  return path;
}

const openBrowser = (browser: Browser, options: BrowserContextOptions = {}) =>
  browser.newContext({ baseURL: readStarted().url, ...options });

const language = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.lang);

const current = async (page: Page): Promise<string> => {
  await expect(page.locator('[data-stage]')).toHaveAttribute('data-stage', /./);
  return (await page.locator('[data-stage]').getAttribute('data-stage')) ?? '';
};

/** Decides the image on screen and waits for the next one. */
async function decide(page: Page, how: () => Promise<void>): Promise<void> {
  const before = await current(page);
  await how();
  await expect(page.locator(`[data-stage="${before}"]`)).toHaveCount(0);
}

test('TEXT-2 TEXT-3 TEXT-5 in a Korean browser: join, label, offline and back; English, once chosen, stays', async ({
  scenario,
  browser,
}, testInfo) => {
  test.setTimeout(240_000);
  const { projectId } = await scenario.createProject({ name: '동물 사진', classes: CLASSES, images: 12 });
  const context = await openBrowser(browser, { locale: 'ko-KR' });
  const page = await context.newPage();

  await page.goto(await makeInvitation(scenario));
  await expect(page.getByRole('heading', { name: 'Drawing lab에 참여' })).toBeVisible();
  expect(await language(page)).toBe('ko');
  await page.getByLabel('이름').fill('김지민');
  await page.getByLabel('이메일').fill(`jimin.${testInfo.testId}.${testInfo.retry}@example.test`);
  await page.getByLabel('비밀번호').fill('short');
  await expect(page.getByText('10자 이상이어야 합니다.')).toBeVisible();
  await page.getByLabel('비밀번호').fill('correct horse battery');
  await page.getByRole('button', { name: '참여' }).click();
  await expect(page.getByRole('heading', { name: '프로젝트' })).toBeVisible();
  await page.getByRole('link', { name: /동물 사진/ }).click();
  await expect(page).toHaveURL(`/projects/${projectId}`);

  await page.getByRole('link', { name: '라벨링', exact: true }).first().click();
  await expect(page.getByRole('heading', { name: '동물 사진 라벨링' })).toBeAttached();
  const saved = page.getByRole('status').filter({ hasText: '저장됨' });
  await decide(page, () => page.keyboard.press('1'));
  await decide(page, () => page.getByRole('button', { name: '트럭' }).click());
  await expect(page.getByText('12장 중 2장 완료')).toBeVisible();
  await expect(saved).toBeVisible();

  await context.setOffline(true);
  await decide(page, () => page.keyboard.press('2'));
  await decide(page, () => page.keyboard.press('1'));
  await expect(page.getByRole('status').filter({ hasText: '미전송 결정 2건' })).toBeVisible();
  await context.setOffline(false);
  await expect(saved).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('12장 중 4장 완료')).toBeVisible();

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: '단축키' })).toContainText('실행 취소, 여러 단계');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: '검토' }).first().click();
  await expect(page.getByRole('heading', { name: '검토할 것이 없습니다' })).toBeVisible();
  await page.getByRole('link', { name: '그리드' }).first().click();
  await page.getByRole('button', { name: '대기열에서 고르기' }).click();
  await expect(page.getByText('“고양이”인 것을 클릭하세요')).toBeVisible();

  await page.goto(`/projects/${projectId}/no-such-page`);
  await expect(page.getByRole('heading', { name: '아무것도 없습니다' })).toBeVisible();
  await page.goto('/projects/01890000-0000-7000-8000-000000000000/label');
  await expect(page.getByText('해당 프로젝트가 없거나 접근 권한이 없습니다.')).toBeVisible();

  await page.goto(`/projects/${projectId}/label`);
  await page.getByRole('button', { name: '내 계정' }).click();
  const kept = page.waitForResponse((response) => response.url().includes('people.changeLanguage'));
  await page.getByRole('menuitem', { name: 'English' }).click();
  await kept;
  await expect(page.getByText('4 of 12 done')).toBeVisible();
  await expect.poll(() => language(page)).toBe('en');

  // Another browser of theirs, which asks for Korean, follows what they chose.
  const { cookies, origins } = await context.storageState();
  const elsewhere = await openBrowser(browser, {
    locale: 'ko-KR',
    storageState: { origins, cookies: cookies.filter(({ name }) => name !== 'pupil-language') },
  });
  const other = await elsewhere.newPage();
  await other.goto('/');
  await expect(other.getByRole('heading', { name: 'Projects' })).toBeVisible();
  await Promise.all([context.close(), elsewhere.close()]);
});

test('TEXT-3 a page that was kept before its reader chose another language opens without a connection', async ({
  scenario,
  browser,
}) => {
  const { projectId } = await scenario.createProject({ name: '동물 사진', classes: CLASSES, images: 6 });
  const anna = await scenario.invite('annotator', 'Anna Switch');
  const storageState = await anna.context.storageState();
  const context = await openBrowser(browser, { storageState, serviceWorkers: 'allow' });
  const page = await context.newPage();
  const keptPage = () =>
    page.evaluate(async (path) => {
      const shell = await (await caches.open('pupil-shell')).match(path, { ignoreVary: true });
      return /<html[^>]* lang="(\w+)"/.exec((await shell?.text()) ?? '')?.[1] ?? null;
    }, `/projects/${projectId}/label`);
  await page.goto(`/projects/${projectId}/label`);
  await expect.poll(keptPage, { timeout: 30_000 }).toBe('en');
  await page.getByRole('button', { name: 'Your account' }).click();
  await page.getByRole('menuitem', { name: '한국어' }).click();
  await expect(page.getByText('6장 중 0장 완료')).toBeVisible();
  await expect.poll(keptPage, { timeout: 30_000 }).toBe('ko');
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: '동물 사진 라벨링' })).toBeAttached({ timeout: 30_000 });
  let loads = 0;
  page.on('load', () => (loads += 1));
  await decide(page, () => page.keyboard.press('1'));
  await expect(page.getByRole('status').filter({ hasText: '미전송 결정 1건' })).toBeVisible();
  expect(loads).toBe(0);
  await context.close();
});

test('TEXT-9 without a connection the page that says so changes its language by itself', async ({ browser }) => {
  const context = await openBrowser(browser, { locale: 'en-US' });
  const page = await context.newPage();
  await page.goto('/offline');
  await context.setOffline(true);
  await page.getByRole('button', { name: '한국어' }).click();
  await expect(page.getByRole('heading', { name: '연결 없음' })).toBeVisible();
  await expect(page.getByRole('button', { name: '한국어' })).toHaveAttribute('aria-pressed', 'true');
  expect(await language(page)).toBe('ko');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await context.close();
});

test('TEXT-2 whoever is signed out chooses beside the form, and the browser keeps it', async ({ browser }) => {
  const context = await openBrowser(browser, { locale: 'de-DE' });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByRole('button', { name: '한국어' }).click();
  await expect(page.getByRole('heading', { name: '로그인' })).toBeVisible();
  await page.getByLabel('이메일').fill('nobody@example.test');
  await page.getByLabel('비밀번호').fill('not the password');
  await page.getByRole('button', { name: '로그인', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '이메일 또는 비밀번호가 맞지 않습니다.' })).toBeVisible();
  await page.goto('/forgot');
  await expect(page.getByRole('heading', { name: '비밀번호를 잊으셨나요?' })).toBeVisible();
  await context.close();
});

test('TEXT-16 guidelines and what a class means stand in the language of who reads them', async ({
  scenario,
  browser,
}) => {
  const { projectId } = await scenario.createProject({ name: '동물 사진', classes: CLASSES, images: 6 });
  const { page: lead } = scenario.owner;
  await lead.goto(`/projects/${projectId}/settings`);
  const guidelines = lead.getByRole('textbox', { name: 'Guidelines' });
  await guidelines.fill('Look at the **ears**.');
  await expect(lead.getByText('Not in English, 한국어: whoever reads that gets the text for everybody.')).toBeVisible();
  await lead.getByRole('radio', { name: '한국어' }).click();
  await expect(guidelines).toHaveValue('');
  await guidelines.fill('**귀**를 보세요.');
  await expect(lead.getByText('Not in English: whoever reads that')).toBeVisible();
  await lead.getByRole('button', { name: 'Save' }).click();
  await expect(lead.getByText('Saved', { exact: true })).toBeVisible();
  await lead.getByRole('button', { name: 'More about 고양이' }).click();
  await lead.getByRole('menuitem', { name: 'Describe…' }).click();
  const about = lead.getByRole('dialog', { name: '고양이' });
  await about.getByRole('textbox', { name: 'Description' }).fill('A cat, not a lion.');
  await about.getByRole('radio', { name: '한국어' }).click();
  await about.getByRole('textbox', { name: 'Description' }).fill('사자가 아닌 고양이');
  await about.getByRole('button', { name: 'Save' }).click();
  await expect(about).toBeHidden();

  const anna = await scenario.invite('annotator', 'Anna Reader');
  const context = await openBrowser(browser, {
    locale: 'ko-KR',
    storageState: await anna.context.storageState(),
  });
  const page = await context.newPage();
  await page.goto(`/projects/${projectId}/label`);
  const beside = page.getByRole('tabpanel', { name: '지침' });
  await expect(beside).toContainText('귀를 보세요.');
  await expect(beside).toContainText('사자가 아닌 고양이');
  // A page that is open hears of a change.
  await scenario.owner.call('project.update', 'mutation', { projectId, guidelinesIn: { ko: '꼬리를 보세요.' } });
  await expect(beside).toContainText('꼬리를 보세요.');
  await page.getByRole('button', { name: '내 계정' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  const inEnglish = page.getByRole('tabpanel', { name: 'Guidelines' });
  await expect(inEnglish).toContainText('Look at the ears.');
  await expect(inEnglish).toContainText('A cat, not a lion.');
  await context.close();
});

for (const width of [390, 1280]) {
  test(`TEXT-6 on pages no text is outside the catalogue, and nothing is cut: ${width} px`, async ({
    scenario,
    browser,
  }) => {
    test.setTimeout(360_000);
    const { projectId } = await scenario.createProject({ name: '동물 사진', classes: CLASSES, images: 6 });
    const anna = await scenario.invite('annotator', 'Anna Nobody');
    // Names and descriptions of other projects are data, and not known here.
    const me = await anna.call<{ memberships: { memberId: string }[] }>('people.me', 'query');
    await scenario.owner.call('people.chooseProjects', 'mutation', {
      organizationId: scenario.organizationId,
      memberId: me.memberships[0]?.memberId,
      projectIds: [projectId],
    });
    const { url } = readStarted();
    const cookie = { name: 'pupil-language', value: 'en-XA', url };
    const signedIn = await openBrowser(browser, {
      storageState: await anna.context.storageState(),
      viewport: { width, height: 844 },
    });
    const stranger = await openBrowser(browser, { viewport: { width, height: 844 } });
    const found: string[] = [];
    // Everybody whom the stories before this one invited to all projects stands on the team's page.
    const people = await scenario.owner.call<{ name: string; email: string }[]>('project.members', 'query', {
      projectId,
    });
    const initials = people.map(({ name }) =>
      name
        .split(' ')
        .map((word) => [...word][0])
        .filter((_, i, all) => i === 0 || i === all.length - 1)
        .join('')
        .toUpperCase(),
    );
    const data = [
      ...people.flatMap(({ name, email }) => [name, email]),
      ...initials,
      'drawn.zip',
      'MobileNetV2 (Open Images)',
      'Drawing lab',
      'Drawn for a test',
      '동물 사진',
      ...CLASSES,
    ];
    const look = async (page: Page, address: string): Promise<void> => {
      found.push(...(await lookAt(page, address, data)));
    };
    const owner = await openBrowser(browser, {
      storageState: await scenario.owner.context.storageState(),
      viewport: { width, height: 844 },
    });
    for (const context of [signedIn, stranger, owner]) await context.addCookies([cookie]);
    const [inside, outside] = [await signedIn.newPage(), await stranger.newPage()];
    const leading = await owner.newPage();
    for (const address of ['/sign-in', '/forgot', '/reset/no-such-link-of-anybody', await makeInvitation(scenario)])
      await look(outside, address);
    const project = `/projects/${projectId}`;
    for (const address of ['/', '/account', '/notifications', '/offline', '/no-such-page']) await look(inside, address);
    for (const path of ['label', 'review', 'grid', '']) await look(inside, `${project}/${path}`);
    for (const path of [
      'data',
      'data/look-alikes',
      'data/sources',
      'data/exports',
      'data/snapshots',
      'gallery',
      'gallery/map',
      'runs',
      'runs/new',
      'runs/compare',
      'runs/curves',
      'runs/insights',
      'try',
      'team',
      'settings',
    ])
      await look(leading, `${project}/${path}`);
    await look(leading, '/projects/new');
    for (const path of ['members', 'tokens', 'webhooks', 'settings'])
      await look(leading, `/organizations/${scenario.organizationId}/${path}`);
    await Promise.all([signedIn.close(), stranger.close(), owner.close()]);
    expect(found).toEqual([]);
  });
}
