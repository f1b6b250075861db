import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** New run: one card with its reasons and time, started by one click. */
export class NewRunPage {
  readonly page: Page;
  readonly card: Locator;
  readonly why: Locator;

  constructor(page: Page) {
    this.page = page;
    this.card = page.getByRole('list', { name: 'What will run' });
    this.why = page.getByTestId('why');
  }

  async open(projectId: string): Promise<void> {
    await this.page.goto(`/projects/${projectId}/runs/new`);
    await expect(this.card).toBeVisible();
  }

  /** Starts what the card says, and nothing else is touched. Returns the run. */
  async start(): Promise<string> {
    await this.page.getByRole('button', { name: 'Start run' }).click();
    await this.page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    return this.page.url().split('/').pop() ?? '';
  }
}
