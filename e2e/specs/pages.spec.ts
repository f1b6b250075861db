import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures/actors.ts';

const MODES = [
  { name: 'light, 1280 px', colorScheme: 'light', width: 1280 },
  { name: 'dark, 1280 px', colorScheme: 'dark', width: 1280 },
  { name: 'dark, 390 px', colorScheme: 'dark', width: 390 },
] as const;

for (const mode of MODES) {
  test(`PAGE-7 every page is usable: ${mode.name}`, async ({ scenario }) => {
    const { projectId } = await scenario.createProject({ classes: ['round', 'square'], images: 12, labeled: 6 });
    const { page } = scenario.owner;
    const project = `/projects/${projectId}`;
    const organization = `/organizations/${scenario.organizationId}`;
    const addresses = [
      '/', '/projects/new', project,
      ...['label', 'review', 'grid', 'gallery', 'runs', 'runs/new', 'data', 'team', 'settings'].map((path) => `${project}/${path}`),
      ...['members', 'activity', 'machines', 'tokens', 'webhooks', 'settings'].map((path) => `${organization}/${path}`),
    ];
    await page.emulateMedia({ colorScheme: mode.colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: mode.width, height: 800 });
    const found: string[] = [];
    for (const address of addresses) {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 }), address).toBeVisible();
      await expect(page.getByRole('status').filter({ hasText: 'Loading' }), address).toHaveCount(0);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (tooWide > 0) found.push(`${address}: ${tooWide} px too wide`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical') found.push(`${address}: ${id} at ${nodes[0]?.target.join(' ')}`);
      }
    }
    expect(found).toEqual([]);
  });
}
