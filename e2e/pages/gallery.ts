import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** The gallery: every image, with filters and actions on many at once. */
export class GalleryPage {
  readonly page: Page;
  readonly images: Locator;

  constructor(page: Page) {
    this.page = page;
    this.images = page.getByRole('list', { name: 'Images' }).getByRole('listitem');
  }

  async open(projectId: string, query = ''): Promise<void> {
    await this.page.goto(`/projects/${projectId}/gallery${query}`);
    await expect(this.page.getByRole('heading', { name: 'Gallery' })).toBeVisible();
  }

  /** Sets one of the filters in the row. */
  async filter(name: string, option: string): Promise<void> {
    await this.page.getByRole('combobox', { name }).click();
    await this.page.getByRole('option', { name: option, exact: true }).click();
  }

  /** Selects images by keys alone: the first by Space, the rest by arrow and Shift+Space. */
  async selectFirst(count: number): Promise<void> {
    await this.images.first().focus();
    await this.page.keyboard.press('Space');
    for (let step = 1; step < count; step += 1) await this.page.keyboard.press('ArrowRight');
    await this.page.keyboard.press('Shift+Space');
    await expect(this.page.getByText(`${count} selected`)).toBeVisible();
  }

  async labelSelected(className: string): Promise<void> {
    await this.page.getByRole('toolbar', { name: 'Selected images' }).getByRole('button', { name: 'Label' }).click();
    await this.page.getByRole('menuitem', { name: className }).click();
  }

  /** Chooses from the menu of what can be done to images that came in wrong. */
  async change(item: string): Promise<void> {
    await this.page.getByRole('toolbar', { name: 'Selected images' }).getByRole('button', { name: 'Change' }).click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }
}
