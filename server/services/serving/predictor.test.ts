import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createPredictor } from './predictor.ts';
import type { ModelShape, Order, Reply } from './predictor.ts';

const SHAPE = { side: 1, channels: 1 as const, embeds: true };

/** A thread that answers each picture by its one pixel, when it is let. */
function createThread(shape: ModelShape = SHAPE) {
  const thread = Object.assign(new EventEmitter(), {
    orders: [] as Order[],
    unref: () => undefined,
    terminate: () => Promise.resolve(0),
    postMessage: (order: Order) => {
      thread.orders.push(order);
      if (order.kind === 'open') thread.reply({ id: order.id, result: shape, error: null });
    },
    reply: (reply: Reply) => void setImmediate(() => thread.emit('message', reply)),
    /** Answers the newest call of the model; gives how many pictures it held. */
    answer: (): number => {
      const order = thread.orders.at(-1);
      if (order?.kind !== 'run') throw new Error('no call');
      thread.reply({
        id: order.id,
        result: { probabilities: Float32Array.from(order.pixels), embedding: null },
        error: null,
      });
      return order.shape[0];
    },
  });
  return thread;
}
const asWorker = (thread: ReturnType<typeof createThread>) => thread as object as Worker;
const tick = () => new Promise((done) => setTimeout(done, 5));

describe('SERVE-3 the thread that predicts', () => {
  it('answers what waits together in one call, each picture with its own answer, and bounds what waits', async () => {
    const thread = createThread();
    const predictor = createPredictor({ start: () => asWorker(thread), waiting: 3 });
    await predictor.open('a', async () => new Uint8Array());
    const first = predictor.ask('a', Uint8Array.of(9), false);
    await tick();
    const waiting = [1, 2, 3].map((pixel) => predictor.ask('a', Uint8Array.of(pixel), false));
    await expect(predictor.ask('a', Uint8Array.of(4), false)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(thread.answer()).toBe(1);
    expect([...(await first).probabilities]).toEqual([9]);
    await tick();
    expect(thread.answer()).toBe(3);
    expect((await Promise.all(waiting)).map(({ probabilities }) => [...probabilities])).toEqual([[1], [2], [3]]);
  });

  it('answers large pictures one after the other: together they would only wait for each other', async () => {
    const thread = createThread({ side: 224, channels: 3, embeds: true });
    const predictor = createPredictor({ start: () => asWorker(thread) });
    await predictor.open('a', async () => new Uint8Array());
    const asked = [1, 2].map(() => predictor.ask('a', new Uint8Array(224 * 224 * 3), false));
    await tick();
    expect(thread.answer()).toBe(1);
    await asked[0];
    await tick();
    expect(thread.answer()).toBe(1);
    await asked[1];
    expect(thread.orders.filter(({ kind }) => kind === 'run')).toHaveLength(2);
  });

  it('that dies fails what it was asked, and the next question opens the model in another', async () => {
    const threads = [createThread(), createThread()];
    let started = 0;
    const deaths: string[] = [];
    const predictor = createPredictor({
      start: () => asWorker(threads[started++] ?? createThread()),
      onDeath: ({ message }) => void deaths.push(message),
    });
    const load = async () => new Uint8Array();
    await predictor.open('a', load);
    const lost = predictor.ask('a', Uint8Array.of(1), false);
    await tick();
    threads[0]?.emit('error', new Error('out of memory'));
    await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(deaths).toEqual(['out of memory']);
    await predictor.open('a', load);
    const found = predictor.ask('a', Uint8Array.of(2), false);
    await tick();
    threads[1]?.answer();
    expect([...(await found).probabilities]).toEqual([2]);
  });

  it('lets the model go that was asked longest ago', async () => {
    const thread = createThread();
    const predictor = createPredictor({ start: () => asWorker(thread) });
    for (const key of 'abcdefgh') await predictor.open(key, async () => new Uint8Array());
    await predictor.open('a', async () => new Uint8Array());
    await predictor.open('i', async () => new Uint8Array());
    expect(thread.orders.filter(({ kind }) => kind === 'close')).toMatchObject([{ key: 'b' }]);
    expect(thread.orders.filter(({ kind }) => kind === 'open')).toHaveLength(9);
  });

  it('lets no model go whose questions wait, and goes on when they are answered', async () => {
    const thread = createThread();
    const predictor = createPredictor({ start: () => asWorker(thread) });
    const closed = () => thread.orders.flatMap(({ kind, ...order }) => (kind === 'close' ? [order] : []));
    await predictor.open('a', async () => new Uint8Array());
    const waiting = predictor.ask('a', Uint8Array.of(5), false);
    await tick();
    for (const key of 'bcdefgh') await predictor.open(key, async () => new Uint8Array());
    const asked = thread.orders.findLast(({ kind }) => kind === 'run');
    await predictor.open('i', async () => new Uint8Array());
    await tick();
    expect(closed()).toMatchObject([{ key: 'b' }]);
    thread.reply({
      id: asked?.id ?? 0,
      result: { probabilities: Float32Array.of(5), embedding: null },
      error: null,
    });
    expect([...(await waiting).probabilities]).toEqual([5]);
    await predictor.open('j', async () => new Uint8Array());
    await tick();
    expect(closed()).toMatchObject([{ key: 'b' }, { key: 'a' }]);
  });

  it('opens a model that is being let go only when it has gone, and lets none go that is being opened', async () => {
    const thread = createThread();
    const predictor = createPredictor({ start: () => asWorker(thread) });
    let arrive: (model: Uint8Array) => void = () => undefined;
    const slow = predictor.open('slow', () => new Promise((resolve) => (arrive = resolve)));
    for (const key of 'abcdefgh') await predictor.open(key, async () => new Uint8Array());
    await tick();
    expect(thread.orders.filter(({ kind }) => kind === 'close')).toMatchObject([{ key: 'a' }]);
    arrive(new Uint8Array());
    await slow;
    const again = predictor.open('a', async () => new Uint8Array());
    await tick();
    const ordersOf = (name: string) => thread.orders.flatMap(({ kind, key }) => (key === name ? [kind] : []));
    expect(ordersOf('slow')).toEqual(['open']);
    expect(ordersOf('a')).toEqual(['open', 'close']);
    const [close] = thread.orders.filter(({ kind, key }) => kind === 'close' && key === 'a');
    thread.reply({ id: close?.id ?? 0, result: null, error: null });
    await again;
    expect(ordersOf('a')).toEqual(['open', 'close', 'open']);
  });
});
