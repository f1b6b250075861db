import { stat } from 'node:fs/promises';
import { argmaxRows } from '#core/math/probabilities.ts';
import { unzipFiles } from '../../db/blobs/zip-files.ts';
import { askOfflinePage } from '../../scripts/verify/offline-page.ts';
import { openExport, readContract } from '../../scripts/verify/open-export.ts';
import { expect, test } from '../fixtures/actors.ts';
import type { Actor } from '../fixtures/actors.ts';
import { until } from '../fixtures/api.ts';
import { drawPixels } from '../fixtures/draw-zip.ts';
import { readStarted } from '../fixtures/started.ts';
import { LabelPage } from '../pages/label.ts';

interface Project {
  id: string;
  name: string;
  images: number;
}
interface Run {
  id: string;
  status: string;
}
interface Rounds {
  rounds: { id: string; index: number; role: string; reviewed: number; labeledCount: number; stage: string }[];
}

const demoOf = async (owner: Actor, organizationId: string): Promise<Project> => {
  const projects = await until(
    () => owner.call<Project[]>('project.list', 'query', { organizationId }),
    (all) => all.some((project) => project.name.startsWith('Demo') && project.images === 1200),
  );
  return projects.find((project) => project.name.startsWith('Demo')) as Project;
};

/** The whole product in one story: people, labels, a run, a live question, the next round, the model. */
test(
  'FORMAT-23 FORMAT-26 a team labels the demo together, a run asks them back live, the next round counts the ' +
    'answer, and the model answers offline',
  async ({ scenario, browser }) => {
    test.setTimeout(480_000);
    const { owner, organizationId } = scenario;
    const project = await demoOf(owner, organizationId);

    // The owner invites by a link; the annotator opens it in a browser of their own.
    await owner.page.goto(`/organizations/${organizationId}/members`);
    await owner.page.getByRole('button', { name: 'Invite people' }).first().click();
    const dialog = owner.page.getByRole('dialog');
    await dialog
      .getByRole('button', { name: /link|invite/i })
      .last()
      .click();
    const link = await dialog
      .getByText(/\/invite\/[\w-]+/)
      .or(dialog.getByLabel('Invite link'))
      .first()
      .evaluate((element) => (element as HTMLInputElement).value ?? element.textContent);
    expect(link).toMatch(/\/invite\//);
    const stranger = await browser.newContext({ baseURL: readStarted().url });
    const page = await stranger.newPage();
    await page.goto(link);
    await page.getByLabel('Your name').fill('Anna Annotator');
    await page.getByLabel('E-mail').fill('anna.loop@example.test');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.locator('button[type=submit]').click();
    await expect(page.getByText(project.name).first()).toBeVisible();
    const bert = await scenario.invite('annotator', 'Bert Annotator');

    // Two annotators label the demo together and never get the same image.
    const [left, right] = [new LabelPage(page), new LabelPage(bert.page)];
    await Promise.all([left.open(project.id), right.open(project.id)]);
    const seen: string[] = [];
    for (let step = 0; step < 5; step += 1) seen.push(await left.press('1'), await right.press('2'));
    expect(new Set(seen).size).toBe(10);
    await Promise.all([left.expectSaved(), right.expectSaved()]);

    // The annotator keeps the review page open; the lead starts a run that waits for two answers after the teacher.
    await page.goto(`/projects/${project.id}/review`);
    await expect(page.getByText(/^0 open$/)).toBeVisible();
    await owner.page.goto(`/projects/${project.id}/runs/new`);
    await owner.page.getByRole('button', { name: 'Change' }).click();
    await owner.page.getByText('Quick look').click();
    await owner.page.getByText('Advanced', { exact: true }).click();
    await owner.page.getByLabel('Teacher steps').fill('60');
    await owner.page.getByLabel('Student steps').fill('60');
    await owner.page.getByLabel('Review items a round').fill('12');
    await owner.page.getByLabel('After each round').click();
    await owner.page.getByRole('option', { name: /answers/i }).click();
    await owner.page.getByLabel('Answers to wait for').fill('2');
    await owner.page.getByRole('button', { name: 'Start run' }).click();
    await owner.page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    const runId = owner.page.url().split('/').pop() ?? '';
    const runOf = () => owner.call<Run>('run.get', 'query', { projectId: project.id, runId });

    // A question arrives in the open page without a reload, and is answered there.
    const question = page.getByRole('img', { name: /^To label:/ });
    await expect(question).toBeVisible({ timeout: 120_000 });
    const review = new LabelPage(page);
    await until(runOf, (run) => run.status === 'waiting-review' || run.status === 'training');
    await review.press('3');
    await review.press('4');
    await review.expectSaved();

    // The run goes on by itself; its student counts the answers, and it ends.
    await expect(owner.page.getByText('Finished').first()).toBeVisible({ timeout: 240_000 });
    const { rounds } = await owner.call<Rounds>('run.get', 'query', { projectId: project.id, runId });
    const teacher = rounds.find((round) => round.role === 'teacher');
    const student = rounds.find((round) => round.role === 'student');
    expect(teacher?.reviewed).toBeGreaterThanOrEqual(2);
    expect(student?.labeledCount).toBe((teacher?.labeledCount ?? 0) + 2);

    // The lead downloads the student.
    await owner.page.goto(`/projects/${project.id}/runs/${runId}/rounds/${student?.id}`);
    await owner.page.getByRole('button', { name: 'Export model' }).click();
    const downloadLink = owner.page.getByRole('link', { name: 'Download' });
    await expect(downloadLink).toBeVisible({ timeout: 60_000 });
    const download = owner.page.waitForEvent('download');
    await downloadLink.click();
    expect((await stat(await (await download).path())).size).toBeGreaterThan(50_000);

    // Its offline page, opened from a file in a browser without a network, answers as TensorFlow.js does in Node, on
    // 100 drawn images.
    const exportOf = async (format: string) => {
      const { exportId } = await owner.call<{ exportId: string }>('export.requestModel', 'mutation', {
        projectId: project.id,
        roundId: student?.id,
        format,
      });
      await until(
        () => owner.call<{ id: string; status: string }[]>('export.listModels', 'query', { projectId: project.id }),
        (all) => all.some(({ id, status }) => id === exportId && status === 'ready'),
      );
      return unzipFiles(
        await (await owner.context.request.get(`/api/projects/${project.id}/exports/${exportId}/file`)).body(),
      );
    };
    const [offline, layers] = [await exportOf('page'), await exportOf('tfjs-layers')];
    const { classes, size, channels } = readContract(layers);
    const pixels = await drawPixels(100, size, channels);
    const node = await openExport(layers);
    const probabilities = (await node?.predict(Float32Array.from(pixels), 100)) ?? new Float32Array(0);
    const wanted = Array.from(argmaxRows(probabilities, classes.length), (index) => classes[index]);
    expect(new Set(wanted).size).toBeGreaterThan(2);
    expect(await askOfflinePage(browser, offline, pixels, 100)).toEqual(wanted);
    await stranger.close();
  },
);
