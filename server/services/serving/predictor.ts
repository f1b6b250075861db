import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { PREDICT_LIMITS } from '#core/serving/limits.ts';
import { startThread } from '#ml/thread.ts';

type Task =
  | { kind: 'open'; key: string; model: Uint8Array }
  | {
      kind: 'run';
      key: string;
      /** [n, side, side, channels], 0..255 */
      pixels: Uint8Array;
      shape: readonly [number, number, number, number];
      embedding: boolean;
    }
  | { kind: 'close'; key: string };
export type Order = Task & { id: number };
export interface ModelShape {
  side: number;
  channels: 1 | 3;
  /** Whether the file gives embeddings. */
  embeds: boolean;
}
interface RawAnswers {
  probabilities: Float32Array;
  embedding: Float32Array | null;
}
export interface Reply {
  id: number;
  result: ModelShape | RawAnswers | null;
  error: string | null;
}

/** One picture's answer: probabilities in the order of the model's classes. */
export type RawAnswer = RawAnswers;

export interface Predictor {
  /** Opens a model, unless it is open; `load` is asked for the bytes of its ONNX file. */
  open(key: string, load: () => Promise<Uint8Array>): Promise<ModelShape>;
  /**
   * What an open model says of one picture.
   * @param pixels [side, side, channels], 0..255
   * @throws AppError RATE_LIMITED when too many wait already
   */
  ask(key: string, pixels: Uint8Array, embedding: boolean): Promise<RawAnswer>;
  stop(): Promise<void>;
}

/** Models that are kept open; the one that was asked longest ago goes, once nobody waits for it. */
const OPEN_MODELS = 8;
/**
 * Pictures that one call of the model takes, and values in them: small ones that wait together are answered together.
 * Large ones gain nothing by it (5.6 ms each at 224 px, 5.9 by eights, bench/results/predict.md) and would wait for
 * each other.
 */
const BATCH = { most: 8, values: 16 * 32 * 32 * 3 };
const batchOf = (values: number): number =>
  Math.max(1, Math.min(BATCH.most, Math.floor(BATCH.values / Math.max(1, values))));

const BUSY = say('refusal.predictBusy');
const BROKEN = say('refusal.predictBroken');

interface Open {
  shape: Promise<ModelShape>;
  /** What the thread holds of it; `loading`: it has not heard of it yet. */
  state: 'loading' | 'sent' | 'open';
  /** Questions that wait for it. */
  waiting: number;
}

interface Waiting {
  key: string;
  pixels: Uint8Array;
  embedding: boolean;
  /** How many of its model one call takes. */
  together: number;
  resolve(answer: RawAnswer): void;
  reject(error: unknown): void;
}

/**
 * Runs models in a thread of its own, started when it is first needed, so that pages never wait for tensors. The thread
 * has half of the cores. One that dies fails what it was asked, and the next question starts another.
 */
export function createPredictor(
  options: { start?: () => Worker; waiting?: number; onDeath?: (error: Error) => void } = {},
): Predictor {
  const most = options.waiting ?? PREDICT_LIMITS.waiting;
  const start =
    options.start ??
    (() =>
      startThread(import.meta.url, 'serving-worker', { threads: Math.max(1, Math.floor(availableParallelism() / 2)) }));
  let thread: Worker | null = null;
  let orders = 0;
  let running = false;
  let stopping = false;
  const open = new Map<string, Open>();
  /** Models that the thread is letting go. */
  const closing = new Map<string, Promise<unknown>>();
  const asked = new Map<number, { resolve(result: Reply['result']): void; reject(error: Error): void }>();
  const queue: Waiting[] = [];

  const die = (dead: Worker, error: Error): void => {
    if (thread !== dead) return;
    thread = null;
    for (const [key, { state }] of open) if (state !== 'loading') open.delete(key);
    closing.clear();
    if (!stopping) options.onDeath?.(error);
    for (const { reject } of asked.values()) reject(new AppError('UNAVAILABLE', BROKEN, { cause: error }));
    asked.clear();
  };
  const wake = (): Worker => {
    if (thread) return thread;
    const started = start();
    thread = started;
    started.unref();
    started.on('message', ({ id, result, error }: Reply) => {
      const waiting = asked.get(id);
      asked.delete(id);
      if (error === null) waiting?.resolve(result);
      else waiting?.reject(new AppError('UNAVAILABLE', BROKEN, { cause: error }));
    });
    started.on('error', (error) => die(started, error));
    started.on('exit', (code) => die(started, new Error(`the thread ended with ${code}`)));
    return started;
  };
  const send = (task: Task, moved: ArrayBuffer[] = []) =>
    new Promise<Reply['result']>((resolve, reject) => {
      orders += 1;
      const worker = wake();
      asked.set(orders, { resolve, reject });
      worker.postMessage({ ...task, id: orders } satisfies Order, moved);
    });

  /** Takes what waits for one model, as much as one call holds. */
  const takeBatch = (): Waiting[] => {
    const [first] = queue;
    if (!first) return [];
    const batch = queue
      .filter((one) => one.key === first.key && one.embedding === first.embedding)
      .slice(0, first.together);
    for (const one of batch) queue.splice(queue.indexOf(one), 1);
    return batch;
  };
  const runAll = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) {
      try {
        for (const [at, answer] of (await runBatch(batch)).entries()) batch[at]?.resolve(answer);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      const answered = open.get(batch[0]?.key ?? '');
      if (answered) answered.waiting = Math.max(0, answered.waiting - batch.length);
      evict();
    }
    running = false;
  };
  const runBatch = async (batch: readonly Waiting[]): Promise<RawAnswer[]> => {
    const { key = '', embedding = false } = batch[0] ?? {};
    const model = await open.get(key)?.shape;
    if (!model) throw new AppError('UNAVAILABLE', BROKEN);
    const length = model.side * model.side * model.channels;
    const pixels = new Uint8Array(batch.length * length);
    batch.forEach((one, at) => pixels.set(one.pixels, at * length));
    const shape = [batch.length, model.side, model.side, model.channels] as const;
    const answers = (await send({ kind: 'run', key, pixels, shape, embedding }, [pixels.buffer])) as RawAnswers;
    return batch.map((_, at) => ({
      probabilities: rowOf(answers.probabilities, at, batch.length),
      embedding: answers.embedding && rowOf(answers.embedding, at, batch.length),
    }));
  };

  /** Lets models go that nobody waits for, until few enough are open. */
  const evict = (): void => {
    for (const [key, { state, waiting }] of open) {
      if (open.size <= OPEN_MODELS) return;
      if (state !== 'open' || waiting > 0) continue;
      open.delete(key);
      const ended: Promise<unknown> = send({ kind: 'close', key })
        .catch(() => undefined)
        .then(() => closing.get(key) === ended && closing.delete(key));
      closing.set(key, ended);
    }
  };
  const load = async (key: string, made: Open, read: () => Promise<Uint8Array>): Promise<ModelShape> => {
    // Opened before it has gone it would go with what is being let go.
    await closing.get(key);
    const model = await read();
    made.state = 'sent';
    const shape = (await send({ kind: 'open', key, model })) as ModelShape;
    made.state = 'open';
    return shape;
  };

  return {
    open: (key, read) => {
      const known = open.get(key);
      if (known) {
        open.delete(key);
        open.set(key, known);
        return known.shape;
      }
      const made: Open = {
        state: 'loading',
        waiting: 0,
        shape: Promise.resolve({ side: 0, channels: 3, embeds: false }),
      };
      made.shape = load(key, made, read);
      open.set(key, made);
      made.shape.then(evict, () => open.get(key) === made && open.delete(key));
      return made.shape;
    },
    ask: (key, pixels, embedding) => {
      if (queue.length >= most) return Promise.reject(new AppError('RATE_LIMITED', BUSY));
      const model = open.get(key);
      if (model) model.waiting += 1;
      return new Promise((resolve, reject) => {
        queue.push({ key, pixels, embedding, together: batchOf(pixels.length), resolve, reject });
        void runAll();
      });
    },
    stop: async () => {
      const ending = thread;
      stopping = true;
      if (ending) die(ending, new Error('the server stops'));
      await ending?.terminate();
    },
  };
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array =>
  values.slice((row * values.length) / rows, ((row + 1) * values.length) / rows);
