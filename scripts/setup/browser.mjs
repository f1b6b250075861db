import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './packages.mjs';
import { say } from './say.mjs';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Path of a Chromium: the one given, an installed one, Playwright's own, or the system's package. Null when none can be
 * had.
 */
export async function findBrowser(root) {
  const given = process.env.PUPIL_BROWSER;
  if (given) return existsSync(given) ? given : null;
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed) return installed;
  const { chromium } = await import('@playwright/test');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  say('browser', "none is installed; trying Playwright's own ...");
  const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  if (
    (await capture(process.execPath, [cli, 'install', 'chromium'])).code === 0 &&
    existsSync(chromium.executablePath())
  )
    return chromium.executablePath();
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  say('browser', "installing the system's package chromium ...");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await capture('apt-get', ['update'], { env });
  await capture('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  return INSTALLED.find((path) => existsSync(path)) ?? null;
}
