import { describe, expect, it } from 'vitest';
import { propose } from '#core/proposal/propose.ts';
import { planUpload, runUpload, SendError } from './upload.ts';
import type { Send, UploadPart, UploadState } from './upload.ts';

const file = (path: string, bytes = 10) => ({ path, file: { size: bytes } as File });
const part = (name: string): UploadPart => ({
  name,
  kind: 'image',
  file: { size: 10 } as File,
  className: null,
  split: null,
});

describe('planUpload', () => {
  it('reads classes and splits from folders, and only when asked', () => {
    const picked = [file('set/train/cat/a.png'), file('set/train/dog/b.jpg'), file('set/test/cat/c.webp')];
    const { find } = propose({ paths: picked.map(({ path }) => path), labelFiles: [], classes: [] });
    expect(planUpload(picked, find).parts.map(({ className, split }) => [className, split])).toEqual([
      ['cat', 'pool'],
      ['dog', 'pool'],
      ['cat', 'test'],
    ]);
    expect(planUpload(picked).parts.map(({ className, split }) => [className, split])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
  });

  it('names what it cannot send and leaves hidden files out', () => {
    const plan = planUpload([file('a.PNG'), file('b.zip'), file('c.svg'), file('.DS_Store'), file('__MACOSX/a.png')]);
    expect(plan.parts.map(({ name, kind }) => [name, kind])).toEqual([
      ['a.PNG', 'image'],
      ['b.zip', 'zip'],
    ]);
    expect(plan.problems.map((problem) => problem.file)).toEqual(['c.svg']);
  });
});

describe('label files', () => {
  it('are told apart from images; a lone text file is a list of addresses, one among others is not', () => {
    const kinds = (...paths: string[]) => planUpload(paths.map((path) => file(path))).parts.map((one) => one.kind);
    expect(kinds('a.zip', 'labels.csv', 'coco.JSON')).toEqual(['zip', 'labels', 'labels']);
    // What lies beside loose images is read with them, as the proposal shows it.
    expect(kinds('a.png', 'labels.csv')).toEqual(['image']);
    expect(kinds('addresses.txt')).toEqual(['labels']);
    expect(planUpload([file('readme.txt'), file('a.png')]).problems).toHaveLength(1);
  });

  it('are sent after every image has been taken', async () => {
    const order: string[] = [];
    const parts = planUpload([
      file('labels.csv'),
      ...Array.from({ length: 9 }, (_, index) => file(`${index}.zip`)),
    ]).parts;
    await runUpload({
      parts,
      problems: [],
      now: () => 0,
      onChange: () => undefined,
      send: async ({ name }) => {
        await new Promise((done) => setTimeout(done, 1));
        order.push(name);
      },
    }).finished;
    expect(order.at(-1)).toBe('labels.csv');
    expect(order).toHaveLength(10);
  });
});

describe('runUpload', () => {
  const run = async (parts: UploadPart[], send: Send) => {
    const states: UploadState[] = [];
    const waits: number[] = [];
    const upload = runUpload({
      parts,
      problems: [],
      send,
      wait: async (attempt) => void waits.push(attempt),
      now: () => 0,
      onChange: (state) => states.push(state),
    });
    const result = await upload.finished;
    return { result, last: states.at(-1), waits };
  };

  it('tries again what may work later, and counts each part once', async () => {
    const tries = new Map<string, number>();
    const { result, last, waits } = await run([part('a'), part('b')], async ({ name }, onBytes) => {
      const n = (tries.get(name) ?? 0) + 1;
      tries.set(name, n);
      onBytes(5);
      if (name === 'b' && n < 3) throw new SendError('The connection broke.', true);
    });
    expect(result.complete).toBe(true);
    expect(last).toMatchObject({ phase: 'done', sent: 2, sentBytes: 20, failed: [] });
    expect(waits).toEqual([0, 1]);
  });

  it('PAGE-2 sets aside what cannot work, at once, and goes on with the rest', async () => {
    let calls = 0;
    const { result, last } = await run(
      [part('bad'), ...Array.from({ length: 20 }, (_, index) => part(`ok${index}`))],
      async ({ name }) => {
        if (name !== 'bad') return;
        calls += 1;
        throw new SendError('This import has ended.', false);
      },
    );
    expect(result.complete).toBe(false);
    expect(calls).toBe(1);
    expect(last).toMatchObject({ phase: 'paused', sent: 20 });
    expect(last?.failed.map((one) => [one.file, one.message])).toEqual([['bad', 'This import has ended.']]);
  });

  it('PAGE-2 gives up after four tries, keeping the part for another day', async () => {
    let calls = 0;
    const { last } = await run([part('a')], async () => {
      calls += 1;
      throw new SendError('The connection broke.', true);
    });
    expect(calls).toBe(4);
    expect(last?.failed[0]?.part.name).toBe('a');
  });

  it('PAGE-2 IMAGE-10 keeps what a person stopped, to be sent another time', async () => {
    const states: UploadState[] = [];
    const upload = runUpload({
      parts: Array.from({ length: 9 }, (_, index) => part(String(index))),
      problems: [],
      now: () => 0,
      onChange: (state) => states.push(state),
      send: ({ name }, _, signal) =>
        new Promise((done, refuse) => {
          if (name === '0') done();
          else signal.addEventListener('abort', () => refuse(new SendError('Stopped.', false)));
        }),
    });
    await expect.poll(() => states.at(-1)?.sent).toBe(1);
    upload.cancel();
    expect(await upload.finished).toEqual({ complete: false, reason: '1 of 9 files were sent: Stopped.' });
    expect(states.at(-1)).toMatchObject({ phase: 'paused', sent: 1 });
    expect(new Set(states.at(-1)?.failed.map((one) => one.file)).size).toBe(8);
  });

  it('sends at most six side by side', async () => {
    let now = 0;
    let most = 0;
    await run(
      Array.from({ length: 30 }, (_, index) => part(String(index))),
      async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((done) => setTimeout(done, 1));
        now -= 1;
      },
    );
    expect(most).toBe(6);
  });
});
