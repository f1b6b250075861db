import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/actors.ts';
import { readStarted } from '../fixtures/started.ts';

const MODES = [
  { name: 'light, 1280 px', colorScheme: 'light', width: 1280, language: 'en' },
  { name: 'dark, 1280 px', colorScheme: 'dark', width: 1280, language: 'en' },
  { name: 'dark, 390 px', colorScheme: 'dark', width: 390, language: 'en' },
  { name: 'Korean, dark, 1280 px', colorScheme: 'dark', width: 1280, language: 'ko' },
  { name: 'Korean, light, 390 px', colorScheme: 'light', width: 390, language: 'ko' },
] as const;

for (const mode of MODES) {
  test(`PAGE-7 every page is usable: ${mode.name}`, async ({ scenario, browser }) => {
    // Some thirty pages, each looked at by axe: longer than one story.
    test.setTimeout(600_000);
    const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 12, labeled: 6 });
    const { images } = await scenario.owner.call<{ images: { id: string }[] }>('gallery.list', 'query', { projectId });
    const { path: invitation } = await scenario.owner.call<{ path: string }>('people.invite', 'mutation', {
      organizationId: scenario.organizationId,
      role: 'viewer',
      uses: 1,
      days: 1,
    });
    const project = `/projects/${projectId}`;
    const organization = `/organizations/${scenario.organizationId}`;
    const addresses = [
      '/',
      '/account',
      '/notifications',
      '/projects/new',
      project,
      ...[
        'label',
        'review',
        'grid',
        'gallery',
        'gallery/map',
        'runs',
        'runs/new',
        'runs/insights',
        'try',
        'data',
        'data/sources',
        'data/look-alikes',
        'data/exports',
        'data/snapshots',
        'team',
        'settings',
      ].map((path) => `${project}/${path}`),
      `${project}/images/${images[0]?.id}`,
      '/no-such-page',
      organization,
      ...['members', 'activity', 'trainers', 'tokens', 'webhooks', 'settings'].map((path) => `${organization}/${path}`),
    ];
    const found: string[] = [];
    const look = async (page: Page, address: string): Promise<void> => {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 }), address).toBeVisible();
      await expect(page.getByRole('status').filter({ hasText: /Loading|불러오는 중/ }), address).toHaveCount(0);
      expect(await page.evaluate(() => document.documentElement.lang), address).toBe(mode.language);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (tooWide > 0) found.push(`${address}: ${tooWide} px too wide`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical')
          found.push(`${address}: ${id} at ${nodes[0]?.target.join(' ')}`);
      }
    };
    const stranger = await (await browser.newContext({ baseURL: readStarted().url })).newPage();
    for (const [page, list] of [
      [scenario.owner.page, addresses],
      [stranger, ['/sign-in', '/forgot', '/offline', invitation, '/invite/no-such-invitation', '/setup/no-such-link']],
    ] as const) {
      await page.context().addCookies([{ name: 'pupil-language', value: mode.language, url: readStarted().url }]);
      await page.emulateMedia({ colorScheme: mode.colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width: mode.width, height: 800 });
      for (const address of list) await look(page, address);
    }
    await stranger.context().close();
    expect(found).toEqual([]);
  });
}

test('PAGE-7 a page that is not for an annotator says so, under a heading of its own', async ({ scenario }) => {
  const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 4 });
  const { page } = await scenario.invite('annotator', 'Anna Annotator');
  const organization = `/organizations/${scenario.organizationId}`;
  for (const address of [
    ...[
      'data',
      'data/sources',
      'data/look-alikes',
      'data/exports',
      'data/snapshots',
      'settings',
      'team',
      'runs/new',
    ].map((path) => `/projects/${projectId}/${path}`),
    ...['webhooks', 'settings'].map((path) => `${organization}/${path}`),
  ]) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1, name: /^(Leads|Only owners) / }), address).toBeVisible();
  }
});
