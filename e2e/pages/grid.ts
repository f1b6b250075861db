import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export class GridPage {
  readonly page: Page;
  readonly cells: Locator;
  readonly confirm: Locator;

  constructor(page: Page) {
    this.page = page;
    this.cells = page.getByRole('group', { name: 'Images' }).getByRole('button');
    this.confirm = page.getByRole('button', { name: /^Confirm \d+/ });
  }

  async openQueue(projectId: string): Promise<void> {
    await this.page.goto(`/projects/${projectId}/grid`);
    await this.page.getByRole('button', { name: 'Pick from the queue' }).click();
    await expect(this.cells.first()).toBeVisible();
  }
}
