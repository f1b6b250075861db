// `npm test`: sets itself up on a fresh clone, runs every stage, and ends with one line: N passed, N failed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './setup/browser.mjs';
import { ensureBuilt } from './build.mjs';
import { ensurePackages, requireNode } from './setup/packages.mjs';
import { fail, headline, say, seconds } from './setup/say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'test-results');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const only = process.argv.slice(2);
let passed = 0;
let failed = 0;

try {
  requireNode();
  await ensurePackages(root);
} catch (error) {
  fail(error);
}
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

await stage('lint', () =>
  runAll([
    [bin('oxfmt'), ['--check', '.']],
    [bin('oxlint'), ['--type-aware', '--deny-warnings', '.']],
    [process.execPath, ['scripts/check-rooms.mjs']],
    [process.execPath, ['scripts/check-spec.mjs']],
    [process.execPath, ['scripts/check-docs.mjs']],
    [process.execPath, ['scripts/check-text.mjs']],
  ]),
);
await stage('types', async () => {
  if (!existsSync(join(root, 'next-env.d.ts'))) await run(bin('next'), ['typegen']);
  return run(bin('tsc'), ['--noEmit']);
});
await stage('unit', () => vitest('unit'), 'unit.json');
await stage('integration', () => vitest('integration'), 'integration.json');
await stage('build', () => ensureBuilt(root).then(() => 0));
await stage(
  'e2e',
  async () => {
    const browser = await findBrowser(root);
    if (!browser)
      throw new Error('No browser could be found or installed. Install Chromium, or give its path in PUPIL_BROWSER.');
    return run(bin('playwright'), ['test'], { PUPIL_BROWSER: browser });
  },
  'e2e.json',
);

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/**
 * Runs one stage. It counts the tests of its report, or itself as one; a stage that fails without a failed test counts
 * as one failure.
 */
async function stage(name, work, report = null) {
  if (only.length > 0 && !only.includes(name)) return;
  headline(`\n${name}`);
  const started = Date.now();
  let code = 1;
  try {
    code = await work();
  } catch (error) {
    console.error(error?.name === 'ClearError' ? error.message : error);
  }
  const counts =
    report && existsSync(join(results, report))
      ? readReport(JSON.parse(readFileSync(join(results, report), 'utf8')))
      : { passed: code === 0 ? 1 : 0, failed: 0 };
  passed += counts.passed;
  failed += Math.max(counts.failed, code === 0 ? 0 : 1);
  say(
    name,
    `${code === 0 ? 'passed' : 'FAILED'} in ${seconds(started)}${
      report ? `, ${counts.passed} passed, ` + `${counts.failed} failed` : ''
    }`,
  );
}

function readReport(report) {
  if (report.stats) return { passed: report.stats.expected + report.stats.flaky, failed: report.stats.unexpected };
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}

function vitest(project) {
  return run(bin('vitest'), [
    'run',
    '--project',
    project,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${join(results, `${project}.json`)}`,
  ]);
}

async function runAll(commands) {
  let worst = 0;
  for (const [file, args] of commands) worst = Math.max(worst, await run(file, args));
  return worst;
}

function run(file, args, more = {}) {
  // Tests never touch an installation that this shell is set up for.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(DATABASE_URL|PORT|HOST|S3_.*|PUPIL_(URL|SECRET|DATA|ENGINE|THREADS|EMPTY|E2E_.*))$/.test(name),
    ),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...env, NEXT_TELEMETRY_DISABLED: '1', ...more },
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
