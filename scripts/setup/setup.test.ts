import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../build.mjs';
import { refuseInUse } from './in-use.mjs';
import { startOf } from './process-start.mjs';
import { requirePort } from './port.mjs';
import { helpFor } from './help.mjs';
import { toolHelp } from './tool-help.mjs';
import { readOptions } from './options.mjs';
import { ensurePackages, missingPackage, requireNode } from './packages.mjs';
import { hashOf } from './sources.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pupil-setup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('OPS-6 a port in use is told of before anything is built', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await expect(requirePort(port, '127.0.0.1')).rejects.toThrow(`Port ${port} is in use.`);
  await new Promise((done) => server.close(done));
  await requirePort(port, '127.0.0.1');
});

test('OPS-7 nothing is built or installed under an installation that runs from here', async () => {
  mkdirSync(join(root, '.running'));
  writeFileSync(join(root, '.running', String(process.ppid)), startOf(process.ppid) ?? '');
  const build = ensureBuilt(root, { web: false });
  await expect(build).rejects.toThrow(`Pupil runs from this folder (process ${process.ppid})`);
  await expect(ensurePackages(root)).rejects.toThrow(/Stop it, then start again/);
  writeFileSync(join(root, '.running', String(process.ppid)), 'another that began at another time');
  writeFileSync(join(root, '.running', String(process.pid)), startOf(process.pid) ?? '');
  refuseInUse(root);
});

describe('options', () => {
  test('an option wins over the environment, which wins over the default', () => {
    expect(readOptions([], {})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataDir: null,
      server: true,
      trainer: true,
    });
    expect(readOptions([], { PORT: '8080', PUPIL_DATA: '/a' })).toMatchObject({ port: 8080, dataDir: '/a' });
    expect(readOptions(['--port', '9090', '--data', '/b'], { PORT: '8080', PUPIL_DATA: '/a' })).toMatchObject({
      port: 9090,
      dataDir: '/b',
    });
  });

  test.each([
    [['--port', 'x']],
    [['--port', '0']],
    [['--port', '70000']],
    [['--unknown']],
    [['--no-trainer', '--trainer-only']],
  ])('OPS-6 %j is refused in one line', (args) => {
    expect(() => readOptions(args, {})).toThrow(expect.objectContaining({ name: 'ClearError' }));
  });
});

describe('help', () => {
  const named = (text: string) => [...text.matchAll(/--[a-z-]{3,}|\b[A-Z][A-Z0-9]*_[A-Z0-9_]+/g)].map(String).sort();

  test('TEXT-10 is said in the language of the terminal, with the same options in each', () => {
    const english = helpFor({ LANG: 'C.UTF-8' });
    const korean = helpFor({ LANG: 'en_US.UTF-8', LC_ALL: 'ko_KR.UTF-8' });
    expect(english).toContain('Pupil: label a little');
    expect(helpFor({})).toBe(english);
    expect(helpFor({ LANG: 'ko_KR' })).toBe(korean);
    expect(korean).toContain('이 설명');
    expect(named(korean)).toEqual(named(english));
  });

  test.each(['loop', 'backup', 'fsck', 'engines'] as const)('TEXT-10 so does npm run %s', (command) => {
    const english = toolHelp(command, { LANG: 'C.UTF-8' });
    const korean = toolHelp(command, { LANG: 'ko_KR.UTF-8' });
    expect(english).toMatch(new RegExp(`^npm run ${command} `, 'u'));
    expect(korean).toMatch(/\p{Script=Hangul}/u);
    expect(named(korean)).toEqual(named(english));
  });
});

describe('packages', () => {
  test('OPS-6 an old Node is told which one is needed', () => {
    expect(() => requireNode('18.20.0')).toThrow(/needs Node.js 20.9 or newer; this is 18.20.0/);
    requireNode('20.9.0');
    requireNode('24.0.0');
  });

  const write = (wanted: object, installed: object | null): void => {
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    if (installed)
      writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  };

  test('OPS-7 an install that was cut off, a package too few, and an older version are all missing', () => {
    write({ 'node_modules/a': { version: '1.0.0' } }, null);
    expect(missingPackage(root)).toBe('node_modules');
    write({ 'node_modules/a': { version: '1.0.0' } }, {});
    expect(missingPackage(root)).toBe('node_modules/a');
    write({ 'node_modules/a': { version: '1.0.1' } }, { 'node_modules/a': { version: '1.0.0' } });
    expect(missingPackage(root)).toBe('node_modules/a');
  });

  test('a package for another platform may be absent', () => {
    write(
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } },
      { 'node_modules/a': { version: '1.0.0' } },
    );
    expect(missingPackage(root)).toBeNull();
  });
});

test('OPS-7 a build is stale when a source changes or moves, not when a test does', () => {
  mkdirSync(join(root, 'core'));
  writeFileSync(join(root, 'core/a.ts'), 'one');
  const first = hashOf(root, ['core', 'absent']);
  writeFileSync(join(root, 'core/a.test.ts'), 'a test');
  expect(hashOf(root, ['core', 'absent'])).toBe(first);
  writeFileSync(join(root, 'core/a.ts'), 'two');
  expect(hashOf(root, ['core', 'absent'])).not.toBe(first);
  rmSync(join(root, 'core/a.ts'));
  writeFileSync(join(root, 'core/b.ts'), 'one');
  expect(hashOf(root, ['core', 'absent'])).not.toBe(first);
});
