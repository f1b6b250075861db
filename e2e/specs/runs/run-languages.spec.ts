import type { Page } from '@playwright/test';
import { MODEL_EXPORTS } from '#core/export/model-export.ts';
import { SNIPPET_TITLES } from '#core/serving/snippets.ts';
import { expect, test } from '../../fixtures/actors.ts';
import { until } from '../../fixtures/api.ts';
import { readStarted } from '../../fixtures/started.ts';
import { lookAt } from '../../pages/catalogue.ts';
import { RunsPage } from '../../pages/runs.ts';

interface Run {
  status: string;
  message: string | null;
  engine: string | null;
  device: string | null;
  codeVersion: string | null;
  classes: { name: string }[];
  rounds: { id: string; role: string; verdictReason: string | null }[];
}

const TABS = ['figures', 'calibration', 'pseudo-labels', 'map', 'mistakes', 'flips', 'export'];
const INSIGHTS = ['gain', 'control', 'audit', 'order', 'anchoring', 'suspect-label', 'flip'];

/** Charts of a page that say nothing of themselves, or whose numbers are in no table; and how many there are. */
async function listenToCharts(page: Page, asTable: string): Promise<{ count: number; mute: string[] }> {
  const charts = page.locator('figure[aria-label]');
  const mute: string[] = [];
  for (const chart of await charts.all()) {
    const says = (await chart.locator('p.sr-only').allTextContents()).join('').trim();
    const tables =
      (await chart.getByRole('grid').count()) + (await chart.getByRole('button', { name: asTable }).count());
    if (says === '' || tables === 0) mute.push((await chart.getAttribute('aria-label')) ?? '');
  }
  return { count: await charts.count(), mute };
}

test('TEXT-6 PAGE-17 on pages of a run no text is outside the catalogue or cut, and every chart is read out', async ({
  scenario,
  browser,
}) => {
  test.setTimeout(600_000);
  const { projectId } = await scenario.createProject({
    name: '동물 사진',
    images: 90,
    labeled: 66,
    settings: { validationShare: 0.3, testShare: 0.1 },
  });
  const { owner } = scenario;
  const runId = await new RunsPage(owner.page, projectId).startQuick();
  const run = await until(
    () => owner.call<Run>('run.get', 'query', { projectId, runId }),
    ({ status }) => status === 'finished' || status === 'failed',
    300_000,
  );
  expect(run.status).toBe('finished');
  const backbones = await owner.call<{ name: string }[]>('run.backbones', 'query', { projectId });
  const told = [run.message, run.engine, run.device, run.codeVersion, ...run.rounds.map((one) => one.verdictReason)];
  const data = [
    ...told.filter((one) => one !== null),
    ...run.classes.map(({ name }) => name),
    ...backbones.map(({ name }) => name),
    // Names of formats, programs and nets are the same in every language.
    ...Object.values(MODEL_EXPORTS).map(({ title }) => title),
    ...Object.values(SNIPPET_TITLES),
    'SHA-256',
    'XS',
    'px',
    'auto',
    '동물 사진',
    'Drawing lab',
    owner.name,
    'OO',
  ];
  const last = run.rounds.findLast(({ role }) => role === 'student') ?? run.rounds.at(-1);
  const round = `runs/${runId}/rounds/${last?.id}`;
  const { url } = readStarted();
  const found: string[] = [];
  for (const width of [390, 1280]) {
    const context = await browser.newContext({
      baseURL: url,
      storageState: await owner.context.storageState(),
      viewport: { width, height: 844 },
    });
    await context.addCookies([{ name: 'pupil-language', value: 'en-XA', url }]);
    const page = await context.newPage();
    for (const path of [
      'runs',
      `runs/${runId}`,
      ...TABS.map((tab) => `${round}?tab=${tab}`),
      `${round}/thresholds`,
      'runs/compare',
      'runs/curves',
      ...INSIGHTS.map((tab) => `runs/insights?tab=${tab}`),
      `runs/new?like=${runId}`,
      'gallery/map',
      'try',
    ])
      found.push(
        ...(await lookAt(page, `/projects/${projectId}/${path}`, data)).map((fault) => `${width} px: ${fault}`),
      );
    await context.close();
  }
  for (const [language, asTable] of [
    ['en', 'Show as table'],
    ['ko', '표로 보기'],
  ] as const) {
    let charts = 0;
    const context = await browser.newContext({ baseURL: url, storageState: await owner.context.storageState() });
    await context.addCookies([{ name: 'pupil-language', value: language, url }]);
    const page = await context.newPage();
    for (const path of [
      '',
      `runs/${runId}`,
      ...['figures', 'calibration', 'pseudo-labels', 'map'].map((tab) => `${round}?tab=${tab}`),
      `${round}/thresholds`,
      'runs/curves',
      'runs/insights?tab=gain',
      'gallery/map',
    ]) {
      await page.goto(`/projects/${projectId}/${path}`);
      await page.waitForLoadState('networkidle');
      const { count, mute } = await listenToCharts(page, asTable);
      charts += count;
      found.push(...mute.map((chart) => `${language}: ${path}: ${chart} is mute`));
    }
    expect(charts, language).toBeGreaterThan(8);
    await context.close();
  }
  expect(found).toEqual([]);
});
