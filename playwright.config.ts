import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const executablePath = process.env['PUPIL_BROWSER'] ?? INSTALLED.find((path) => existsSync(path));

/** One production start for all specs; two cores, so one spec at a time. */
export default defineConfig({
  testDir: 'e2e/specs',
  globalSetup: './e2e/global-setup.ts',
  workers: 1,
  // A shared machine may be slow for a minute; a test that passes the second time is reported as flaky.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    // An element that never comes is named within a minute, instead of a test that ran out of time.
    actionTimeout: 60_000,
    trace: 'retain-on-failure',
    // Stories see the server itself; the one of opening offline allows the worker (e2e/pages/phone.ts).
    serviceWorkers: 'block',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        // A name that is neither localhost nor a secure context, for e2e/specs/lan.spec.ts.
        '--host-resolver-rules=MAP pupil.test 127.0.0.1',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
