import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/actors.ts';

const findSerious = async (page: Page): Promise<string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id }) => id);

test(
  'MENTION-3 MENTION-4 somebody named in a comment hears of it wherever they are, opens it by keyboard, and it ' +
    'stays read',
  async ({ scenario }) => {
    const { projectId } = await scenario.createProject({
      name: 'Drawn shapes',
      classes: ['round', 'square'],
      images: 2,
    });
    const lead = await scenario.invite('lead', 'Nora Namer');
    const mila = await scenario.invite('annotator', 'Mila Mentioned');
    const {
      images: [image],
    } = await lead.call<{ images: { id: string; fileName: string }[] }>('gallery.list', 'query', { projectId });

    // Mila is on no page of the project.
    await mila.page.goto('/');
    await expect(mila.page.getByRole('link', { name: 'Notifications', exact: true })).toBeVisible();

    await lead.page.goto(`/projects/${projectId}/images/${image?.id}`);
    const box = lead.page.getByRole('textbox', { name: 'Comment' });
    for (const [text, unread] of [
      ['@mila mentioned is this **round**?', 1],
      ['@Mila Mentioned and this?', 2],
    ] as const) {
      await box.fill(text);
      await lead.page.getByRole('button', { name: 'Comment' }).click();
      await expect(mila.page.getByRole('link', { name: `Notifications, ${unread} unread` })).toBeVisible();
    }
    await expect(mila.page.getByText('Nora Namer mentioned you').first()).toBeVisible();
    await expect(mila.page.getByText(`${image?.fileName} in Drawn shapes`).first()).toBeVisible();
    await expect(mila.page.getByText('is this')).toHaveCount(0);
    await expect(lead.page.getByRole('link', { name: 'Notifications', exact: true })).toBeVisible();

    await mila.page.getByRole('link', { name: /^Notifications/ }).press('Enter');
    const entries = mila.page.getByRole('list', { name: 'Mentions' }).getByRole('listitem');
    await expect(entries).toHaveText([
      /Nora Namer.*unread.*and this\?.*Drawn shapes/,
      /Nora Namer.*unread.*is this \*\*round\*\*\?.*Drawn shapes/,
    ]);
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await mila.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await mila.page.setViewportSize({ width, height: 800 });
      expect(await findSerious(mila.page)).toEqual([]);
    }

    await entries.last().getByRole('link').press('Enter');
    await mila.page.waitForURL(/\/images\//);
    await expect(mila.page.getByRole('listitem').filter({ hasText: 'is this round?' })).toBeInViewport();
    await expect(mila.page.getByRole('link', { name: 'Notifications, 1 unread' })).toBeVisible();
    expect(await findSerious(mila.page)).toEqual([]);

    await mila.page.goto('/notifications');
    await expect(entries.filter({ hasText: 'unread' })).toHaveCount(1);
    await mila.page.getByRole('button', { name: 'Mark all read' }).click();
    await expect(entries.filter({ hasText: 'unread' })).toHaveCount(0);
    await mila.page.reload();
    await expect(entries).toHaveCount(2);
    await expect(mila.page.getByRole('link', { name: 'Notifications', exact: true })).toBeVisible();
    await expect(mila.page.getByRole('button', { name: 'Mark all read' })).toBeDisabled();
  },
);
