import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** The lead's pages of a project: runs, rounds, simulator, compare. */
export class RunsPage {
  readonly page: Page;
  readonly projectId: string;
  readonly rounds: Locator;
  readonly loop: Locator;

  constructor(page: Page, projectId: string) {
    this.page = page;
    this.projectId = projectId;
    this.rounds = page.getByRole('region', { name: 'Rounds' });
    this.loop = page.getByRole('list', { name: 'The loop as it stands' });
  }

  /** Starts the smallest run there is and gives its id. */
  async startQuick(): Promise<string> {
    await this.page.goto(`/projects/${this.projectId}/runs/new`);
    await this.page.getByRole('button', { name: 'Change' }).click();
    await this.page.getByRole('button', { name: /Quick look/ }).click();
    await this.page.getByText('Advanced', { exact: true }).click();
    await this.page.getByLabel('Teacher steps').fill('20');
    await this.page.getByLabel('Student steps').fill('20');
    await this.page.getByRole('button', { name: 'Start run' }).click();
    await this.page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    return this.page.url().split('/').pop() ?? '';
  }

  async open(runId: string): Promise<void> {
    await this.page.goto(`/projects/${this.projectId}/runs/${runId}`);
    await expect(this.page.getByRole('heading', { level: 1, name: /^Run \d+/ })).toBeVisible({ timeout: 60_000 });
  }

  async openRound(runId: string, roundId: string, tab = 'figures'): Promise<void> {
    await this.page.goto(`/projects/${this.projectId}/runs/${runId}/rounds/${roundId}?tab=${tab}`);
    await expect(this.page.getByRole('tab', { selected: true })).toBeVisible();
  }

  row(name: string): Locator {
    return this.rounds.getByRole('row', { name });
  }

  async act(round: string, action: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: `Actions on ${round}` }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }
}
