import { expect, test } from 'vitest';
import { isGone, parseStat } from './processes.ts';

const server = { pid: 10, name: 'postgres', state: 'S', parent: 1 };
const backend = { pid: 11, name: 'postgres', state: 'S', parent: 10 };

test('a living server is not gone', () => {
  expect(isGone(10, [server, backend])).toBe(false);
});

test('a server that nobody reaped is gone', () => {
  expect(isGone(10, [{ ...server, state: 'Z' }])).toBe(true);
});

test('a server whose number another program has now is gone', () => {
  expect(isGone(10, [{ ...server, name: 'node' }])).toBe(true);
});

test('a server is not gone while one of its backends lives', () => {
  expect(isGone(10, [{ ...server, state: 'Z' }, backend])).toBe(false);
  expect(isGone(10, [{ ...backend, parent: 1 }])).toBe(false);
});

test('the server of somebody else does not matter', () => {
  expect(isGone(99, [server, backend])).toBe(true);
});

test('a process name may hold brackets and spaces', () => {
  expect(parseStat('7 (a) b (c) S 3 0 0')).toEqual({ pid: 7, name: 'a) b (c', state: 'S', parent: 3 });
});
