import { expect, it } from 'vitest';
import { createLog } from './bounded-log.ts';

it('OPS-44 a log takes so many lines of one message a minute, and tells how many it left out', () => {
  const lines: { msg: string; times?: number; err?: { stack: string } }[] = [];
  let now = 1;
  const log = createLog(
    { level: 'info', name: 'test' },
    (line) => lines.push(JSON.parse(line)),
    () => now,
  );
  const error = Object.assign(new Error('x'), { stack: 'y'.repeat(1e6) });
  for (let index = 0; index < 1000; index += 1) log.error({ err: error }, 'a request failed');
  log.info('another');
  expect(lines.filter(({ msg }) => msg === 'a request failed')).toHaveLength(60);
  expect(lines.some(({ msg }) => msg === 'another')).toBe(true);
  expect(Math.max(...lines.map((line) => JSON.stringify(line).length))).toBeLessThan(5000);
  now += 60_000;
  log.error('a request failed');
  expect(lines.slice(-2)).toMatchObject([{ times: 940 }, { msg: 'a request failed' }]);
});
