import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { openDesk } from './thread-desk.ts';

const CODE = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id, what }) => {
    if (what === 'hang') for (;;);
    if (what === 'eat') for (const held = []; ;) held.push(new Array(1e6).fill(held.length));
    if (what === 'refuse') return parentPort.postMessage({ id, code: 'BAD_INPUT', why: { plain: 'No.' } });
    if (what === 'said')
      return parentPort.postMessage({ id, code: 'BAD_INPUT', why: { key: 'refusal.emptyFile', values: {} } });
    parentPort.postMessage({ id, answer: what.length });
  });`;

const open = (timeoutMs: number) =>
  openDesk<{ what: string }, number>({
    start: () => new Worker(CODE, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 64 } }),
    timeoutMs,
    tooMuch: () => new AppError('TOO_LARGE', { plain: 'Too much.' }),
  });

it('IMAGE-36 what takes too long or too much memory ends its thread and nothing else', async () => {
  const desk = open(20_000);
  expect(await desk.ask({ what: 'four' })).toBe(4);
  await expect(desk.ask({ what: 'refuse' })).rejects.toMatchObject({ code: 'BAD_INPUT', message: 'No.' });
  await expect(desk.ask({ what: 'said' })).rejects.toMatchObject({ said: { key: 'refusal.emptyFile', values: {} } });
  await expect(desk.ask({ what: 'eat' })).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(await desk.ask({ what: 'after' })).toBe(5);
  const impatient = open(4000);
  const [hung, next] = await Promise.allSettled([impatient.ask({ what: 'hang' }), impatient.ask({ what: 'next' })]);
  expect(hung).toMatchObject({ status: 'rejected', reason: { code: 'TOO_LARGE' } });
  expect(next).toEqual({ status: 'fulfilled', value: 4 });
});
