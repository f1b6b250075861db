import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openLogStream } from './log-stream.ts';

/** Every write to it fails with ENOSPC: a full disk. */
const FULL = '/dev/full';

test.runIf(existsSync(FULL))('OPS-45 a log on a full disk loses its lines and ends nobody', async () => {
  const full = openSync(FULL, 'w');
  const stream = openLogStream(full);
  expect(() => writeSync(full, 'x')).toThrow(/ENOSPC/);
  const log = pino({}, stream);
  // Unheard, the stream's error would be thrown where nobody can catch it, and fail this test as it ends a process.
  for (let line = 0; line < 3; line += 1) {
    log.warn('nobody will read this');
    await wait(20);
  }
  closeSync(full);
});
