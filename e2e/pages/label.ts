import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** The label page as a person sees it. */
export class LabelPage {
  readonly page: Page;
  readonly image: Locator;
  readonly classes: Locator;
  readonly sync: Locator;

  constructor(page: Page) {
    this.page = page;
    this.image = page.getByRole('img', { name: /^To label:/ });
    this.classes = page.getByRole('group', { name: 'Classes' });
    this.sync = page.getByRole('status').filter({ hasText: /Saved|unsent|Offline/ });
  }

  async open(projectId: string): Promise<void> {
    await this.page.goto(`/projects/${projectId}/label`);
    await expect(this.classes).toBeVisible();
  }

  /** The id of the image on screen. */
  async current(): Promise<string> {
    await expect(this.image).toBeVisible();
    return /images\/([\w-]+)/.exec((await this.image.getAttribute('src')) ?? '')?.[1] ?? '';
  }

  /** Presses a key and waits until another image, or none, is on screen. Returns the image that was decided. */
  async press(key: string): Promise<string> {
    const before = await this.current();
    await this.page.keyboard.press(key);
    await expect(this.page.locator(`[data-stage="${before}"]`)).toHaveCount(0);
    return before;
  }

  async expectSaved(): Promise<void> {
    // What tells of a decision follows right behind the frame that it changed: "Saved" may still be of the one before.
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150)))),
    );
    await expect(this.sync).toHaveText('Saved', { timeout: 30_000 });
  }
}
