import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firstBarrier } from './account.ts';

const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pupil-account-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  chmodSync(join(folder, 'a'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('an open way has no barrier, nor has a folder that is not there yet', () => {
  chmodSync(join(folder, 'a', 'b'), 0o755);
  expect(firstBarrier(join(folder, 'a', 'b', 'new'), stranger)).toBeNull();
});

test('the first closed folder is named', () => {
  chmodSync(join(folder, 'a'), 0o700);
  expect(firstBarrier(join(folder, 'a', 'b'), stranger)).toBe(join(folder, 'a'));
});

test('the right to list a folder is not the right to walk through it', () => {
  chmodSync(join(folder, 'a'), 0o744);
  expect(firstBarrier(join(folder, 'a', 'b'), stranger)).toBe(join(folder, 'a'));
  chmodSync(join(folder, 'a'), 0o711);
  chmodSync(join(folder, 'a', 'b'), 0o711);
  expect(firstBarrier(join(folder, 'a', 'b'), stranger)).toBeNull();
});
