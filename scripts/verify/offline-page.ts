import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from '@playwright/test';
import sharp from 'sharp';
import { fileOf, readContract } from './open-export.ts';
import type { ExportFiles } from './open-export.ts';

/**
 * Opens the offline page from a file in a browser without a network, gives it each picture through its own file field
 * and reads the first answer that it shows.
 * @param pixels `count` pictures of the model's side, 0..255, as PNG files so that no decoder or scaling stands between
 */
export async function askOfflinePage(
  browser: Browser,
  files: ExportFiles,
  pixels: Uint8Array,
  count: number,
): Promise<string[]> {
  const { size, channels } = readContract(files);
  const folder = mkdtempSync(join(tmpdir(), 'pupil-page-'));
  const context = await browser.newContext({ offline: true });
  try {
    const path = join(folder, 'index.html');
    writeFileSync(path, fileOf(files, 'index.html'));
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(pathToFileURL(path).href);
    await page.getByText('Ready.').waitFor({ timeout: 60_000 });
    const answers: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const one = pixels.subarray(index * size * size * channels, (index + 1) * size * size * channels);
      const buffer = await sharp(one, { raw: { width: size, height: size, channels } })
        .png()
        .toBuffer();
      const name = `picture-${index}.png`;
      await page.locator('#file').setInputFiles({ name, mimeType: 'image/png', buffer });
      await page.getByRole('img', { name }).waitFor();
      await page.locator('#status').filter({ hasText: / ms$/ }).waitFor();
      answers.push((await page.getByRole('listitem').first().locator('span').first().textContent()) ?? '');
      await page.evaluate(() => {
        const status = document.getElementById('status');
        if (status) status.textContent = '';
      });
    }
    if (faults.length > 0) throw new Error(`The page had an error: ${faults[0]}`);
    return answers;
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
