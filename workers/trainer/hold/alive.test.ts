import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchChild } from './alive.ts';

const start = () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => process.send("alive"), 20)'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return { child, ended: new Promise<string | null>((end) => child.once('exit', (_code, signal) => end(signal))) };
};

test.runIf(process.platform !== 'win32')(
  'RUN-57 a child that was stopped is ended, one that tells that it turns is not',
  async () => {
    const [stopped, turning] = [start(), start()];
    await Promise.all([stopped, turning].map(({ child }) => new Promise((heard) => child.once('message', heard))));
    const look = { everyMs: 50, silent: 20 };
    const watches = [stopped, turning].map(({ child }) => watchChild(child, look));
    stopped.child.kill('SIGSTOP');
    expect(await stopped.ended).toBe('SIGKILL');
    await wait(look.everyMs * look.silent);
    expect(watches.map((watch) => watch.hasEnded())).toEqual([true, false]);
    turning.child.kill();
    expect(await turning.ended).toBe('SIGTERM');
  },
);
