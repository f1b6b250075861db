import { describe, expect, it } from 'vitest';
import { PARCEL } from '#core/proposal/parcel.ts';
import { propose } from '#core/proposal/propose.ts';
import { say } from '#core/text/said.ts';
import { planUpload, reasonOf, runUpload, SendError } from './upload.ts';
import type { Parcel, Send, UploadPart, UploadState } from './upload.ts';

const file = (path: string, bytes = 10) => ({ path, file: { size: bytes } as File });
const part = (name: string, bytes = 10): UploadPart => ({
  name,
  kind: 'image',
  file: { size: bytes } as File,
  className: null,
  split: null,
});
/** Bytes of an image that travels alone. */
const LARGE = PARCEL.bytes;
const namesOf = (parcel: Parcel): string => parcel.map(({ name }) => name).join(' ');

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

  it('PROPOSAL-2 an image of a dropped folder that its label file does not name has no label', () => {
    const picked = [file('set/images/p0.png'), file('set/images/p1.png'), file('set/images/p3.png')];
    const bytes = new TextEncoder().encode('file,label\nimages/p0.png,cat\nimages/p1.png,dog\n');
    const { find } = propose({
      paths: picked.map(({ path }) => path),
      labelFiles: [{ path: 'set/labels.csv', bytes }],
      classes: [],
    });
    const { parts } = planUpload([...picked, file('set/labels.csv')], find);
    expect(parts.map(({ name, className }) => [name, className])).toEqual([
      ['set/images/p0.png', 'cat'],
      ['set/images/p1.png', 'dog'],
      ['set/images/p3.png', null],
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
      send: async (parcel) => {
        await new Promise((done) => setTimeout(done, 1));
        order.push(namesOf(parcel));
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
    const { result, last, waits } = await run([part('a', LARGE), part('b')], async (parcel, onBytes) => {
      const name = namesOf(parcel);
      const n = (tries.get(name) ?? 0) + 1;
      tries.set(name, n);
      onBytes(5);
      if (name === 'b' && n < 3) throw new SendError(say('error.connectionBroke'), true);
    });
    expect(result.complete).toBe(true);
    expect(last).toMatchObject({ phase: 'done', sent: 2, sentBytes: LARGE + 10, failed: [] });
    expect(waits).toEqual([0, 1]);
  });

  it('PAGE-2 sets aside what cannot work, at once, and goes on with the rest', async () => {
    let calls = 0;
    const { result, last } = await run(
      [part('bad'), ...Array.from({ length: 20 }, (_, index) => part(`ok${index}`))],
      async (parcel) => {
        if (parcel.every(({ name }) => name !== 'bad')) return;
        calls += 1;
        throw new SendError(null, false, 'This import has ended.');
      },
    );
    expect(result.complete).toBe(false);
    // Once with the others, once by itself.
    expect(calls).toBe(2);
    expect(last).toMatchObject({ phase: 'paused', sent: 20 });
    expect(last?.failed.map((one) => [one.file, one.message])).toEqual([['bad', 'This import has ended.']]);
  });

  it('PAGE-2 gives up after four tries, keeping the part for another day', async () => {
    let calls = 0;
    const { last } = await run([part('a')], async () => {
      calls += 1;
      throw new SendError(say('error.connectionBroke'), true);
    });
    expect(calls).toBe(4);
    expect(last?.failed[0]?.part.name).toBe('a');
  });

  it('IMAGE-37 small images travel together, in their order; large ones, zips and label files each alone', async () => {
    const sent: string[] = [];
    const small = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => part(String(from + index), 1000));
    const zip: UploadPart = { ...part('z.zip'), kind: 'zip' };
    const table: UploadPart = { ...part('t.csv'), kind: 'labels' };
    const parts = [table, ...small(0, 100), part('large', LARGE), ...small(100, 2), zip, ...small(102, 2)];
    const { result, last } = await run(parts, async (parcel) => void sent.push(namesOf(parcel)));
    const numbers = (from: number, count: number): string =>
      small(from, count)
        .map(({ name }) => name)
        .join(' ');
    expect(sent).toEqual([numbers(0, 96), numbers(96, 4), 'large', numbers(100, 2), 'z.zip', numbers(102, 2), 't.csv']);
    expect(result.complete).toBe(true);
    expect(last).toMatchObject({ sent: 107, total: 107, sentBytes: last?.totalBytes });
  });

  it('IMAGE-37 a parcel that cannot be sent falls apart: its reason is set aside, the rest is sent', async () => {
    const sent = new Set<string>();
    const names = Array.from({ length: 30 }, (_, index) => String(index));
    const { last, waits } = await run(
      names.map((name) => part(name)),
      async (parcel) => {
        // A file that is gone from the disk breaks the request that it travels with.
        if (parcel.some(({ name }) => name === '7')) throw new SendError(say('error.connectionBroke'), true);
        for (const { name } of parcel) sent.add(name);
      },
    );
    expect([...sent].sort()).toEqual(names.filter((name) => name !== '7').sort());
    expect(last?.failed.map((one) => one.file)).toEqual(['7']);
    expect(last).toMatchObject({ sent: 29, sentBytes: 290 });
    expect(waits).toEqual([0, 1, 2]);
  });

  it('IMAGE-37 where nothing arrives any more, each file is tried once more only', async () => {
    let calls = 0;
    const { last } = await run(
      Array.from({ length: 30 }, (_, index) => part(String(index))),
      async () => {
        calls += 1;
        throw new SendError(say('error.connectionBroke'), true);
      },
    );
    expect(calls).toBe(4 + 30);
    expect(last?.failed).toHaveLength(30);
  });

  it('PAGE-2 IMAGE-10 keeps what a person stopped, to be sent another time', async () => {
    const states: UploadState[] = [];
    const upload = runUpload({
      parts: Array.from({ length: 9 }, (_, index) => part(String(index), LARGE)),
      problems: [],
      now: () => 0,
      onChange: (state) => states.push(state),
      send: (parcel, _, signal) =>
        new Promise((done, refuse) => {
          if (namesOf(parcel) === '0') done();
          else signal.addEventListener('abort', () => refuse(new SendError(say('error.stopped'), false)));
        }),
    });
    await expect.poll(() => states.at(-1)?.sent).toBe(1);
    upload.cancel();
    expect(await upload.finished).toEqual({
      complete: false,
      reason: say('error.filesSent', { sent: 1, total: 9, why: 'error.stopped' }),
    });
    expect(states.at(-1)).toMatchObject({ phase: 'paused', sent: 1 });
    expect(new Set(states.at(-1)?.failed.map((one) => one.file)).size).toBe(8);
  });

  it('TEXT-4 a reason travels by its key within another sentence, where it asks for no values', () => {
    expect(reasonOf(undefined)).toBe('error.stopped');
    expect(reasonOf({ file: 'a', message: 'The file is empty.', said: say('refusal.emptyFile') })).toBe(
      'refusal.emptyFile',
    );
    const large = say('refusal.fileTooLarge', { mib: 64 });
    expect(reasonOf({ file: 'a', message: 'The file is larger than 64 MiB.', said: large })).toBe(
      'The file is larger than 64 MiB.',
    );
  });

  it('sends at most six side by side', async () => {
    let now = 0;
    let most = 0;
    await run(
      Array.from({ length: 30 }, (_, index) => part(String(index), LARGE)),
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
