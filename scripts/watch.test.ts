import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchProcesses } from './watch.mjs';

let root = '';
let close = (): void => {};
const built: string[][] = [];

const save = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pupil-watch-'));
  built.length = 0;
  save('package.json', '{ "type": "module" }');
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(root, 'node_modules'));
  save('core/shared.ts', 'export const shared = 1;');
  save('scripts/supervise/main.ts', 'console.log(0);');
  save('server/main.ts', `import { shared } from '../core/shared.ts'; console.log(shared);`);
  save('workers/trainer/process/main.ts', `import { shared } from '../../../core/shared.ts'; console.log(shared);`);
  save('workers/trainer/process/embed-child.ts', 'console.log(2);');
});
afterEach(() => {
  close();
  rmSync(root, { recursive: true });
});

test('OPS-49 a saved source is bundled anew, and those bundles are named that became different', async () => {
  const watching = await watchProcesses(root);
  close = watching.close;
  watching.onBuilt((names: string[]) => built.push(names.sort()));
  save('workers/trainer/process/embed-child.ts', 'console.log(3);');
  await vi.waitFor(() => expect(built).toEqual([['embed-child']]), 10_000);
  expect(readFileSync(join(root, watching.program, 'embed-child.js'), 'utf8')).toContain('console.log(3)');
  save('core/shared.ts', 'export const shared = 4;');
  await vi.waitFor(() => expect(built.slice(1)).toEqual([['server', 'trainer']]), 10_000);
});

test('OPS-49 what does not build restarts nothing, and the mended source is seen', async () => {
  const watching = await watchProcesses(root);
  close = watching.close;
  watching.onBuilt((names: string[]) => built.push(names));
  const told = vi.spyOn(console, 'log').mockImplementation(() => {});
  save('server/main.ts', 'console.log(');
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith(expect.stringContaining('server/main.ts:1:')), 10_000);
  expect(built).toEqual([]);
  save('server/main.ts', 'console.log(5);');
  await vi.waitFor(() => expect(built).toEqual([['server']]), 10_000);
  told.mockRestore();
});
