import { describe, expect, it, vi } from 'vitest';
import type { ErrorWords } from '../../_lib/error.ts';
import { Outbox } from './outbox.ts';
import type { Operation, OutboxStore, Decision } from './outbox-store.ts';

const memoryStore = (rows = new Map<number, Operation>()): OutboxStore & { rows: Map<number, Operation> } => ({
  rows,
  list: async () => [...rows.values()].sort((a, b) => a.seq - b.seq),
  put: async (operation) => void rows.set(operation.seq, operation),
  remove: async (seqs) => seqs.forEach((seq) => rows.delete(seq)),
});

const decision = (id: string): Decision => ({
  id,
  imageId: `image-${id}`,
  kind: 'decide',
  classId: 'cat',
  token: 1,
});
const network: ErrorWords = { title: '', message: 'no answer', requestId: null, code: 'NETWORK' };

function setUp(store = memoryStore()) {
  const sent: string[] = [];
  const wire = {
    submit: vi.fn(async (decisions: Decision[]) => {
      sent.push(...decisions.map((item) => item.id));
      return decisions.map((item): { id: string; ok: boolean; message?: string } => ({ id: item.id, ok: true }));
    }),
    undo: vi.fn(async (input: { id: string; annotationId: string }) => {
      sent.push(`undo ${input.annotationId}`);
      return { imageId: 'x', token: 2 };
    }),
    readError: (): ErrorWords => network,
  };
  const listeners = { changed: vi.fn(), settled: vi.fn(), refused: vi.fn(), undone: vi.fn() };
  return { outbox: new Outbox(store, wire, listeners), store, wire, listeners, sent };
}

describe('the outbox', () => {
  it('ANNOTATION-8 keeps a decision in the store until the server has acknowledged it', async () => {
    const { outbox, store, wire } = setUp();
    let answer: (value: { id: string; ok: boolean }[]) => void = () => undefined;
    wire.submit.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    outbox.submit(decision('a'));
    await vi.waitFor(() => expect(wire.submit).toHaveBeenCalled());
    expect(store.rows.size).toBe(1);
    answer([{ id: 'a', ok: true }]);
    await vi.waitFor(() => expect(store.rows.size).toBe(0));
    expect(outbox.unsent).toBe(0);
  });

  it('ANNOTATION-8 sends everything in order, once each, after the connection is back', async () => {
    const { outbox, wire, sent, listeners } = setUp();
    wire.submit.mockRejectedValueOnce(new Error('offline'));
    outbox.submit(decision('a'));
    outbox.submit(decision('b'));
    outbox.undo('u', 'b');
    outbox.submit(decision('c'));
    await vi.waitFor(() =>
      expect(listeners.changed).toHaveBeenCalledWith(
        expect.objectContaining({ unsent: 4, trouble: { code: 'NETWORK', message: 'no answer' } }),
      ),
    );
    outbox.flush();
    await vi.waitFor(() => expect(outbox.unsent).toBe(0));
    expect(sent).toEqual(['a', 'b', 'undo b', 'c']);
    expect(listeners.changed).toHaveBeenLastCalledWith({ unsent: 0, unkept: 0, refused: 0, trouble: null });
  });

  it('ANNOTATION-13 keeps decisions and undos while somebody else than their author is signed in', async () => {
    const { outbox, store, wire, listeners } = setUp();
    wire.readError = () => ({ ...network, code: 'UNAUTHORIZED' });
    wire.submit.mockRejectedValueOnce(new Error('another member'));
    wire.undo.mockRejectedValueOnce(new Error('another member'));
    outbox.submit(decision('a'));
    outbox.undo('u', 'a');
    await vi.waitFor(() =>
      expect(listeners.changed).toHaveBeenLastCalledWith(
        expect.objectContaining({ unsent: 2, trouble: { code: 'UNAUTHORIZED', message: 'no answer' } }),
      ),
    );
    expect(store.rows.size).toBe(2);
    outbox.flush();
    await vi.waitFor(() => expect(wire.undo).toHaveBeenCalledTimes(1));
    await vi.waitFor(() => expect(store.rows.size).toBe(1));
    outbox.flush();
    await vi.waitFor(() => expect(store.rows.size).toBe(0));
  });

  it('ANNOTATION-2 gives a decision made anew the lease that its undo brought', async () => {
    const { outbox, wire } = setUp();
    outbox.submit(decision('x'));
    outbox.undo('u', 'x');
    outbox.submit({ ...decision('y'), imageId: 'x', token: null });
    outbox.submit({ ...decision('z'), imageId: 'other', token: null });
    await vi.waitFor(() => expect(outbox.unsent).toBe(0));
    expect(wire.submit.mock.calls.flatMap(([sent]) => sent.map((item) => [item.id, item.token]))).toEqual([
      ['x', 1],
      ['y', 2],
      ['z', null],
    ]);
  });

  it('ANNOTATION-8 a new page sends what the last one left, with the same ids', async () => {
    const store = memoryStore();
    const first = setUp(store);
    first.wire.submit.mockRejectedValue(new Error('offline'));
    first.outbox.submit(decision('a'));
    await vi.waitFor(() => expect(store.rows.size).toBe(1));
    first.outbox.close();
    const second = setUp(store);
    await second.outbox.open();
    await vi.waitFor(() => expect(second.sent).toEqual(['a']));
    await vi.waitFor(() => expect(store.rows.size).toBe(0));
  });

  it('names a decision that was refused for good, and goes on with the next', async () => {
    const { outbox, wire, listeners } = setUp();
    wire.submit.mockResolvedValueOnce([{ id: 'a', ok: false, message: 'This class does not exist.' }]);
    outbox.submit(decision('a'));
    outbox.submit(decision('b'));
    await vi.waitFor(() => expect(outbox.unsent).toBe(0));
    expect(listeners.refused).toHaveBeenCalledWith({
      type: 'submit',
      decision: decision('a'),
      message: 'This class does not exist.',
    });
    expect(wire.submit).toHaveBeenCalledTimes(2);
  });

  it('ANNOTATION-8 names an undo that was refused for good: its decision stands', async () => {
    const { outbox, wire, listeners } = setUp();
    wire.readError = () => ({ ...network, code: 'CONFLICT', message: 'Somebody has settled this image.' });
    wire.undo.mockRejectedValueOnce(new Error('refused'));
    outbox.undo('u', 'a');
    await vi.waitFor(() => expect(outbox.unsent).toBe(0));
    expect(listeners.refused).toHaveBeenCalledWith({
      type: 'undo',
      annotationId: 'a',
      message: 'Somebody has settled this image.',
    });
    expect(listeners.changed).toHaveBeenLastCalledWith(expect.objectContaining({ unsent: 0, refused: 1 }));
  });

  it('ANNOTATION-8 finds the one decision that has a whole batch refused, and sends all others', async () => {
    const { outbox, wire, sent, listeners } = setUp();
    wire.readError = () => ({ ...network, code: 'BAD_INPUT', message: 'This reason is too long.' });
    const take = wire.submit.getMockImplementation();
    wire.submit.mockImplementation(async (decisions) => {
      if (decisions.some(({ id }) => id === 'd')) throw new Error('refused');
      return take ? take(decisions) : [];
    });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const id of ids) outbox.submit(decision(id));
    await vi.waitFor(() => expect(outbox.unsent).toBe(0));
    expect(sent).toEqual(ids.filter((id) => id !== 'd'));
    expect(listeners.refused.mock.calls).toEqual([
      [{ type: 'submit', decision: decision('d'), message: 'This reason is too long.' }],
    ]);
  });

  it.each([
    ['is shut', () => Promise.reject(new Error('shut'))],
    [
      'is missing',
      () => {
        throw new ReferenceError('indexedDB is not defined');
      },
    ],
  ])(
    'ANNOTATION-18 a decision that could not be stored since the storage %s is counted until it is sent',
    async (_, put) => {
      const { outbox, wire, sent, listeners } = setUp({ ...memoryStore(), put });
      wire.submit.mockRejectedValueOnce(new Error('offline'));
      outbox.submit(decision('a'));
      outbox.undo('u', 'a');
      await vi.waitFor(() =>
        expect(listeners.changed).toHaveBeenLastCalledWith(
          expect.objectContaining({ unsent: 2, unkept: 2, trouble: { code: 'NETWORK', message: 'no answer' } }),
        ),
      );
      outbox.flush();
      await vi.waitFor(() => expect(sent).toEqual(['a', 'undo a']));
      await vi.waitFor(() =>
        expect(listeners.changed).toHaveBeenLastCalledWith({ unsent: 0, unkept: 0, refused: 0, trouble: null }),
      );
    },
  );

  it('ANNOTATION-18 a decision that was refused for good stays counted', async () => {
    const { outbox, wire, listeners } = setUp();
    wire.submit.mockResolvedValueOnce([{ id: 'a', ok: false, message: 'This class does not exist.' }]);
    outbox.submit(decision('a'));
    await vi.waitFor(() => expect(outbox.unsent).toBe(0));
    outbox.submit(decision('b'));
    await vi.waitFor(() =>
      expect(listeners.changed).toHaveBeenLastCalledWith({ unsent: 0, unkept: 0, refused: 1, trouble: null }),
    );
  });
});
