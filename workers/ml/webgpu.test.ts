import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Chromium's own software device, where Debian's package is installed; a machine without it skips these tests. */
const SOFTWARE = '/usr/lib/chromium';
const there = existsSync(`${SOFTWARE}/vk_swiftshader_icd.json`) && existsSync(`${SOFTWARE}/libvulkan.so.1`);

describe.skipIf(!there)('the WebGPU engine on a software device', () => {
  it('computes gradients, steps, checkpoints and averages as wasm does', { timeout: 300_000 }, () => {
    const script = fileURLToPath(new URL('testing-webgpu.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', script], {
      encoding: 'utf8',
      env: {
        ...process.env,
        VK_ICD_FILENAMES: `${SOFTWARE}/vk_swiftshader_icd.json`,
        LD_LIBRARY_PATH: SOFTWARE,
      },
    });
    expect(status, stderr.slice(0, 2000)).toBe(0);
    const { there: opened, worst } = JSON.parse(stdout) as { there: boolean; worst: [string, number | null][] };
    // Without the optional addon there is nothing to compare.
    if (!opened) return;
    expect(worst.length).toBeGreaterThan(30);
    expect(worst.filter(([, difference]) => difference === null || difference > 2e-4)).toEqual([]);
  });
});
