import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

/** The Data page: where images come in. */
export class DataPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(projectId: string): Promise<void> {
    await this.page.goto(`/projects/${projectId}/data`);
    await expect(this.page.getByRole('heading', { name: 'Data', exact: true })).toBeVisible();
  }

  /** Chooses files as a person does and waits until the import has ended. */
  async import(files: { name: string; buffer: Buffer }[], options: { folderLabels?: boolean } = {}): Promise<void> {
    await this.page
      .getByLabel('Files to import')
      .setInputFiles(files.map((file) => ({ ...file, mimeType: 'application/octet-stream' })));
    const accept = this.page.getByRole('button', { name: /^Import \d/ });
    const end = this.page.getByText(/^Import (finished|stopped)$/);
    await expect(accept.or(end)).toBeVisible({ timeout: 60_000 });
    if (await accept.isVisible()) {
      if (options.folderLabels !== true) await this.readAs('Images without labels');
      await accept.click();
    }
    await expect(end).toBeVisible({ timeout: 60_000 });
  }

  /** Chooses how the labels of what is proposed are read. */
  async readAs(layout: string | RegExp): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Labels' }).click();
    await this.page.getByRole('option', { name: layout }).click();
  }

  /** A figure of the import, by its label. */
  async figure(label: string): Promise<string> {
    const tile = this.page.getByText(label, { exact: true }).first().locator('..');
    return ((await tile.innerText()).split('\n')[1] ?? '').trim();
  }
}
