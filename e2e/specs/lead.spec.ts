import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures/actors.ts';
import { RunsPage } from '../pages/runs.ts';

interface Run {
  config: { classFloors: Record<string, number> };
  rounds: { id: string; role: string; verdict: string | null }[];
}

/** Few images and few steps: the story is about the lead, not about accuracy. */
test(
  'FORMAT-35 PAGE-8 SERVE-4 SERVE-7 a lead follows a run from two windows, simulates and applies thresholds, ' +
    'rolls back, compares, takes the model and tries it',
  async ({ scenario }) => {
    test.setTimeout(600_000);
    const { owner } = scenario;
    const { projectId } = await scenario.createProject({
      images: 140,
      labeled: 100,
      settings: { validationShare: 0.3, testShare: 0.1 },
    });
    const lead = await scenario.invite('lead', 'Lea Lead');
    const viewer = await scenario.invite('viewer', 'Vera Viewer');
    const runs = new RunsPage(lead.page, projectId);
    await lead.page.goto(`/projects/${projectId}/try`);
    await expect(lead.page.getByRole('heading', { name: 'No model yet' })).toBeVisible();
    await expect(lead.page.getByRole('link', { name: 'Start a run' })).toBeVisible();
    const runId = await runs.startQuick();
    const runOf = () => lead.call<Run>('run.get', 'query', { projectId, runId });

    // A second window follows the same run without a reload, and a viewer may look but not steer.
    const other = new RunsPage(owner.page, projectId);
    await other.open(runId);
    await expect(other.rounds.getByText('Teacher').first()).toBeVisible({ timeout: 120_000 });
    const watching = new RunsPage(viewer.page, projectId);
    await watching.open(runId);
    await expect(viewer.page.getByRole('button', { name: 'Pause' })).toHaveCount(0);

    // Pause in one window shows in the other; thresholds are simulated on the teacher and applied while the run waits.
    await expect(runs.row('Teacher').getByRole('link', { name: 'Teacher' })).toBeVisible({ timeout: 120_000 });
    await lead.page.getByRole('button', { name: 'Pause' }).click();
    await expect(owner.page.getByText('Paused').first()).toBeVisible();
    const teacher = (await runOf()).rounds.find(({ role }) => role === 'teacher');
    await lead.page.goto(`/projects/${projectId}/runs/${runId}/rounds/${teacher?.id}/thresholds`);
    const handle = lead.page.getByRole('slider', { name: 'Threshold of every class' });
    await handle.focus();
    // Nothing is surer than everything, whatever this teacher of few steps believes.
    await handle.press('End');
    await expect(lead.page.getByText(/against now/)).toBeVisible();
    await handle.press('Home');
    for (let step = 0; step < 5; step += 1) await handle.press('ArrowRight');
    await lead.page.getByRole('button', { name: 'Apply to the next round' }).click();
    await lead.page.waitForURL(new RegExp(`/runs/${runId}$`));
    expect(new Set(Object.values((await runOf()).config.classFloors))).toEqual(new Set([0.05]));

    // It goes on to its end; whatever the judge said, the lead's word stands, with the reason kept.
    await lead.page.getByRole('button', { name: 'Resume' }).click();
    await expect(owner.page.getByText('Finished').first()).toBeVisible({ timeout: 240_000 });
    await expect(
      runs
        .row('Student 1')
        .getByText(/^(Accepted|Held|Rolled back)/)
        .first(),
    ).toBeVisible();

    // The curve and the table say one figure of a finished round.
    const final = /\d+\.\d%/.exec(await runs.row('Student 1').getByRole('cell').nth(3).innerText())?.[0];
    await expect(lead.page.getByRole('figure', { name: 'Validation accuracy while training' })).toContainText(
      `Student 1 ${final} final`,
    );
    if ((await runOf()).rounds.find(({ role }) => role === 'student')?.verdict !== 'accept') {
      await runs.act('Student 1', /Accept/);
      await expect(other.row('Student 1').getByText('Accepted by Lea Lead.', { exact: false })).toBeVisible();
    }
    await expect(lead.page.getByRole('link', { name: 'Export student 1' })).toBeVisible();
    await runs.act('Student 1', /Roll back/);
    await lead.page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await expect(other.row('Student 1').getByText('Rolled back by Lea Lead.', { exact: false })).toBeVisible();

    // The page of the ended run leads to the export of its final model, which is the teacher again; a viewer takes
    // nothing out.
    await expect(viewer.page.getByText('Finished').first()).toBeVisible();
    await expect(viewer.page.getByRole('link', { name: /^Export/ })).toHaveCount(0);
    await lead.page.getByRole('link', { name: 'Export teacher' }).click();
    await expect(lead.page.getByLabel('Round', { exact: true })).toContainText(/^Run 1, teacher .*final model$/);

    // Compare the two on validation, then look inside a cell of the matrix.
    await lead.page.getByRole('link', { name: 'Runs' }).first().click();
    await lead.page.getByRole('navigation', { name: 'Runs' }).getByRole('link', { name: 'Compare' }).click();
    await expect(lead.page.getByText(/exact McNemar/)).toBeVisible();
    const student = (await runOf()).rounds.find(({ role }) => role === 'student');
    await runs.openRound(runId, student?.id ?? '');
    const cell = lead.page.getByRole('gridcell').getByRole('button').first();
    await cell.click();
    await expect(lead.page.getByRole('heading', { name: /, answered as / })).toBeVisible();

    // The map says to whom it opens how much: to the lead every point, to a viewer what people have settled.
    await runs.openRound(runId, student?.id ?? '', 'map');
    await expect(lead.page.getByText('Click a point to see its image.')).toBeVisible();
    await watching.openRound(runId, student?.id ?? '', 'map');
    await expect(viewer.page.getByText(/\d+ points open with a click/)).toBeVisible();
    await viewer.page.getByText('Opens', { exact: true }).click();
    await expect(viewer.page.getByText('opens for you')).toBeVisible();
    await runs.openRound(runId, student?.id ?? '');

    // The model leaves as a file, and answers at once, without an export of its own.
    await lead.page.getByRole('button', { name: 'Export model' }).click();
    const link = lead.page.getByRole('link', { name: 'Download' });
    await expect(link).toBeVisible({ timeout: 60_000 });
    const download = lead.page.waitForEvent('download');
    await link.click();
    expect((await download).suggestedFilename()).toMatch(/\.zip$/);
    const tryPage = `/projects/${projectId}/try`;
    await lead.page.goto(`${tryPage}?second=${student?.id}`);
    await expect(lead.page.getByText('Ready. Drop an image', { exact: false }).first()).toBeVisible();
    const { drawDemoImage, DEMO_SIDE } = await import('../../core/demo/draw.ts');
    const { default: sharp } = await import('sharp');
    const png = await sharp(drawDemoImage(3, 5).pixels, { raw: { width: DEMO_SIDE, height: DEMO_SIDE, channels: 3 } })
      .png()
      .toBuffer();
    const drawn = (name: string) => ({ name, mimeType: 'image/png', buffer: png });
    await lead.page.getByLabel('Choose images').setInputFiles(drawn('drawn.png'));
    const answers = lead.page.getByRole('list', { name: 'Answers' });
    await expect(answers).toHaveCount(2, { timeout: 60_000 });
    await expect(answers.first().getByRole('listitem').first()).toContainText('%');
    await lead.page.getByLabel('Choose images').setInputFiles([drawn('a.png'), drawn('b.png'), drawn('c.png')]);
    await expect(lead.page.getByText('All answered.', { exact: false })).toBeVisible({ timeout: 30_000 });

    // Who promotes is seen in the other window, which rolls back.
    await owner.page.goto(tryPage);
    await expect(owner.page.getByText('stands best', { exact: true })).toBeVisible();
    await lead.page.getByRole('combobox', { name: 'Round to promote' }).click();
    await lead.page.getByRole('option', { name: 'teacher' }).click();
    await lead.page.getByRole('button', { name: 'Let it predict' }).click();
    await expect(owner.page.getByText('promoted', { exact: true })).toBeVisible();
    await expect(owner.page.getByRole('list', { name: 'Who chose what' })).toContainText('Lea Lead');
    await owner.page.getByRole('button', { name: 'Roll back' }).click();
    await expect(lead.page.getByText('stands best', { exact: true })).toBeVisible();

    // What is asked is kept on demand, and goes to people with one click.
    await lead.page.getByRole('combobox', { name: 'What is kept of it' }).click();
    await lead.page.getByRole('option', { name: 'Keep the newest 100', exact: true }).click();
    await expect(lead.page.getByText('Nobody has asked since.', { exact: false })).toBeVisible();
    const unseen = { ...drawn('kept.png'), buffer: await sharp(png).negate().png().toBuffer() };
    await lead.page.getByLabel('Choose images').setInputFiles(unseen);
    const kept = lead.page.getByRole('list', { name: 'Pictures that were asked' }).getByRole('button');
    await expect(kept).toHaveCount(1, { timeout: 20_000 });
    await kept.click();
    await lead.page.getByRole('button', { name: 'Send 1 to review' }).click();
    await expect(lead.page.getByText('Asked of people now, in Review: 1.')).toBeVisible();
    // Switched off, what is kept goes, after a question.
    await lead.page.getByRole('combobox', { name: 'What is kept of it' }).click();
    await lead.page.getByRole('option', { name: 'Keep nothing' }).click();
    await lead.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect(kept).toHaveCount(1);
    await lead.page.getByRole('combobox', { name: 'What is kept of it' }).click();
    await lead.page.getByRole('option', { name: 'Keep nothing' }).click();
    await lead.page.getByRole('dialog').getByRole('button', { name: 'Delete them' }).click();
    await expect(kept).toHaveCount(0);

    // Every page of the lead's room is free of serious faults.
    const faults: string[] = [];
    const project = `/projects/${projectId}`;
    const round = `${project}/runs/${runId}/rounds/${student?.id}`;
    for (const address of [
      project,
      `${project}/runs`,
      `${project}/runs/${runId}`,
      `${project}/runs/compare`,
      `${project}/runs/insights`,
      `${project}/try`,
      ...['figures', 'calibration', 'pseudo-labels', 'map', 'mistakes', 'flips', 'export'].map(
        (tab) => `${round}?tab=${tab}`,
      ),
      `${round}/thresholds`,
    ]) {
      await lead.page.goto(address);
      await expect(lead.page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(lead.page.getByRole('status').filter({ hasText: 'Loading' })).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page: lead.page }).analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical')
          faults.push(`${address}: ${id} at ${nodes[0]?.target.join(' ')}`);
      }
    }
    expect(faults).toEqual([]);
  },
);
