import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../../fixtures/actors.ts';
import { until } from '../../fixtures/api.ts';
import { RunsPage } from '../../pages/runs.ts';

interface Run {
  id: string;
  number: number;
  name: string;
  status: string;
  config: { seed: number };
}

const savedAs = async (page: Page, start: () => Promise<void>): Promise<{ name: string; text: string }> => {
  const download = page.waitForEvent('download');
  await start();
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
};

test(
  'RUN-50 RUN-51 RUN-52 RUN-53 RUN-54 RUN-55 RUN-59 a lead keeps runs as a bench book: names and notes that ' +
    'others see, another run like the first, the table, curves over each other, archive and deletion',
  async ({ scenario }) => {
    test.setTimeout(600_000);
    const { projectId } = await scenario.createProject({
      images: 120,
      labeled: 90,
      settings: { validationShare: 0.3, testShare: 0.1 },
    });
    const lead = await scenario.invite('lead', 'Lea Lead');
    const viewer = await scenario.invite('viewer', 'Vera Viewer');
    const runs = new RunsPage(lead.page, projectId);
    const { page } = lead;
    const firstId = await runs.startQuick();

    // While it trains it gets a name, a tag and notes; a viewer's open page shows them, without a way to write.
    await new RunsPage(viewer.page, projectId).open(firstId);
    await page.getByRole('button', { name: 'Name it' }).click();
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('plain');
    await page.keyboard.press('Enter');
    await expect(viewer.page.getByRole('heading', { level: 1 })).toContainText('Run 1 · plain');
    await page.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByRole('combobox', { name: 'New tag' }).fill('paper');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add notes' }).click();
    await page.getByRole('textbox', { name: 'Notes' }).fill('Expected: **little**.');
    await page.keyboard.press('Control+Enter');
    const notes = viewer.page.getByRole('region', { name: 'Tags and notes' });
    await expect(notes.getByText('little', { exact: true })).toBeVisible();
    await expect(notes.getByText('paper')).toBeVisible();
    await expect(viewer.page.getByRole('button', { name: /Rename|Edit notes|Tag|Actions on run/ })).toHaveCount(0);

    // Another one like it, changed in its seed alone; the form says so.
    await page.getByRole('button', { name: 'Actions on run 1' }).click();
    await page.getByRole('menuitem', { name: 'New run like this' }).click();
    await expect(page.getByText('Nothing yet.', { exact: false })).toBeVisible();
    await page.getByLabel('Seed', { exact: true }).fill('4242');
    const changed = page.getByRole('table', { name: 'Changed settings' });
    await expect(changed.getByRole('row')).toHaveCount(2);
    await expect(changed.getByRole('row', { name: /^Seed \d/ })).toContainText('4242');
    await page.getByLabel('Student steps').fill('21');
    await changed.getByRole('button', { name: 'Take Student steps back' }).click();
    await expect(changed.getByRole('row')).toHaveCount(2);
    await page.getByRole('textbox', { name: 'Name' }).fill('other seed');
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    const listed = () => lead.call<Run[]>('run.book', 'query', { projectId, archived: true });
    const [second] = await until(listed, (all) => all.every(({ status }) => status === 'finished'), 300_000);
    expect(second).toMatchObject({ number: 2, name: 'other seed', config: { seed: 4242 } });

    // The table: sorted, found by tag, chosen from, taken along.
    await page.goto(`/projects/${projectId}/runs`);
    const table = page.getByRole('table', { name: 'Runs' });
    await expect(table.getByRole('row')).toHaveCount(3);
    await table.getByRole('button', { name: 'Seed' }).click();
    await expect(table.getByRole('columnheader', { name: 'Seed' })).toHaveAttribute('aria-sort', 'ascending');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Calibration error' }).click();
    await page.keyboard.press('Escape');
    await expect(table.getByRole('columnheader', { name: 'Calibration error' })).toBeVisible();
    await table.getByRole('button', { name: 'Find runs with the tag paper' }).click();
    await expect(table.getByRole('row')).toHaveCount(2);
    await page.getByRole('searchbox', { name: 'Find runs' }).fill('');
    const csv = await savedAs(page, () => page.getByRole('button', { name: 'CSV' }).click());
    expect(csv.text).toMatch(/^Run,Name,Tags,.*"?Validation accuracy, 95% from"?/);
    expect(csv.text).toContain('other seed');
    const flow = await savedAs(page, () => page.getByRole('link', { name: 'MLflow' }).click());
    expect(flow.name).toBe('Drawn-for-a-test-runs-mlflow.zip');
    await page.getByRole('checkbox', { name: 'Choose all runs shown' }).click();
    await page.getByRole('button', { name: 'Settings that differ' }).click();
    const differ = page.getByRole('table', { name: 'Settings that differ' });
    await expect(differ.getByRole('row')).toHaveCount(2);
    await expect(differ.getByRole('row', { name: /^Seed \d/ })).toContainText('4242');

    // Curves of both over each other: hover tells, the key shows all of 0 to 100%, the picture is taken along.
    await page.getByRole('link', { name: 'Curves' }).last().click();
    await page.waitForURL(/\/runs\/curves\?runs=/);
    await page.getByRole('combobox', { name: 'What is drawn' }).click();
    await page.getByRole('option', { name: 'Loss on human labels' }).click();
    const chart = page.getByRole('figure', { name: 'Loss on human labels' });
    const plot = chart.locator('.u-over');
    await expect(plot).toBeVisible();
    const told = chart.getByRole('status');
    const box = await plot.boundingBox();
    await expect(async () => {
      for (let y = 4; y < (box?.height ?? 0); y += 12) {
        await plot.hover({ position: { x: (box?.width ?? 0) / 2, y } });
        if ((await told.count()) > 0) break;
      }
      await expect(told).toContainText(/Run \d · (plain|other seed), .*Step \d+/);
    }).toPass();
    const svg = await savedAs(page, async () => {
      await chart.getByRole('button', { name: 'Save as' }).click();
      await page.getByRole('menuitem', { name: 'SVG picture' }).click();
    });
    expect(svg.text).toContain('Training step');
    expect(svg.text).toContain('Run 1 · plain, ');
    const png = await savedAs(page, async () => {
      await chart.getByRole('button', { name: 'Save as' }).click();
      await page.getByRole('menuitem', { name: 'PNG picture' }).click();
    });
    expect(png.text).toContain('PNG');
    await chart.getByRole('button', { name: 'Show as table' }).click();
    await expect(chart.getByRole('columnheader', { name: 'Training step' })).toBeVisible();

    const faults: string[] = [];
    for (const address of ['runs', `runs/${firstId}`, 'runs/curves', `runs/new?like=${firstId}`]) {
      await page.goto(`/projects/${projectId}/${address}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('status').filter({ hasText: 'Loading' })).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          faults.push(`${address}: ${id} at ${nodes[0]?.target.join(' ')}`);
    }
    expect(faults).toEqual([]);

    // Archived it is out of sight and comes back; deleted it is gone, after it was said what goes.
    await page.goto(`/projects/${projectId}/runs/${firstId}`);
    await page.getByRole('button', { name: 'Actions on run 1' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await expect(viewer.page.getByText('Archived')).toBeVisible();
    await page.goto(`/projects/${projectId}/runs`);
    await expect(table.getByRole('row')).toHaveCount(2);
    await page.getByRole('switch', { name: 'Show archived runs' }).click();
    await expect(table.getByRole('row')).toHaveCount(3);
    await table.getByRole('link', { name: 'Run 1 · plain' }).click();
    await page.getByRole('button', { name: 'Actions on run 1' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText(/\d+ rounds? with their figures/)).toBeVisible();
    const asks = dialog.getByRole('textbox');
    if ((await asks.count()) > 0) {
      await expect(dialog.getByRole('button', { name: 'Delete the run' })).toBeDisabled();
      await asks.fill('plain');
    }
    await dialog.getByRole('button', { name: 'Delete the run' }).click();
    await page.waitForURL(/\/runs$/);
    await expect(table.getByRole('row')).toHaveCount(2);
    expect((await listed()).map(({ number }) => number)).toEqual([2]);
  },
);

test('RUN-60 several runs start as one: their time is told before, and they stand together', async ({ scenario }) => {
  test.setTimeout(240_000);
  const { owner } = scenario;
  const { page } = owner;
  const table = page.getByRole('table', { name: 'Runs' });
  const { projectId } = await scenario.createProject({
    images: 120,
    labeled: 90,
    settings: { validationShare: 0.3, testShare: 0.1 },
  });
  await page.goto(`/projects/${projectId}/runs/new`);
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('button', { name: /Quick look/ }).click();
  await page.getByText('Advanced', { exact: true }).click();
  await page.getByLabel('Teacher steps').fill('20');
  await page.getByLabel('Student steps').fill('20');
  await page.getByRole('textbox', { name: 'Name' }).fill('floors');
  await page.getByRole('button', { name: 'Vary a setting' }).click();
  await page.getByRole('textbox', { name: 'Values of Seed' }).fill('1, 2');
  await page.getByRole('button', { name: 'Vary another one' }).click();
  const floors = page.getByRole('textbox', { name: 'Values of Confidence floor, %' });
  await floors.fill('30 and 50');
  await expect(page.getByText('Write numbers with commas between them.', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start run' })).toBeDisabled();
  await floors.fill('30, 50');
  await expect(page.getByText('4 runs take, one after the other, roughly')).toBeVisible();
  await page.getByRole('button', { name: 'Start 4 runs' }).click();
  await page.waitForURL(/\/runs\?sweep=/);
  await expect(table.getByRole('row')).toHaveCount(5);
  await expect(page.getByRole('progressbar', { name: 'Runs that have ended' })).toBeVisible();
  await table.getByRole('button', { name: 'Confidence floor' }).click();
  await expect(table.getByRole('row').nth(1)).toContainText('30%');
  const sweepId = new URL(page.url()).searchParams.get('sweep');
  const stopped = await owner.call<{ cancelled: number }>('run.stopSweep', 'mutation', { projectId, sweepId });
  expect(stopped.cancelled).toBeGreaterThan(2);
});
