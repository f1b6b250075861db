import type { Worker } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { startThread, startThreadFrom } from '../thread.ts';
import type { ReplicaReply, ReplicaRequest, ReplicaStart } from './replica-messages.ts';
import type { Answers } from '../engine/answer-runtime.ts';
import { Replica, type Session, type Shard, type ShardResult } from './replica-work.ts';

/** A message without the call number that pairs it with its reply. */
type Unnumbered<T> = T extends unknown ? Omit<T, 'call'> : never;

interface ReplicaLink {
  open(session: Session, changes: boolean): Promise<void>;
  close(id: number): Promise<void>;
  gradients(id: number, shard: Shard): Promise<ShardResult>;
  predict(id: number, pixels: Uint8Array | Float32Array): Promise<Answers>;
  end(): Promise<void>;
}

/** The replica in this thread: for GPU engines, and where one thread is asked for. */
function localLink(): ReplicaLink {
  const replica = new Replica();
  return {
    open: async (session, changes) => replica.open(session, changes),
    close: async (id) => replica.close(id),
    gradients: (id, shard) => replica.gradients(id, shard),
    predict: (id, pixels) => replica.predict(id, pixels),
    end: async () => undefined,
  };
}

function threadLink(start: ReplicaStart, entry: URL | undefined): ReplicaLink {
  const worker: Worker =
    entry === undefined ? startThread(import.meta.url, 'replica-worker', start) : startThreadFrom(entry, start);
  const waiting = new Map<
    number,
    { resolve: (result: ShardResult | Answers | null) => void; reject: (error: Error) => void }
  >();
  let calls = 0;
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.on('message', (reply: ReplicaReply) => {
    const held = waiting.get(reply.call);
    waiting.delete(reply.call);
    if ('why' in reply) held?.reject(new AppError(reply.code, reply.why));
    else if ('error' in reply) held?.reject(new Error(reply.error));
    else held?.resolve(reply.result);
  });
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`a learning thread ended with code ${code}`)));
  // The pool must not keep a finished process alive.
  worker.unref();
  const ask = async (request: Unnumbered<ReplicaRequest>): Promise<ShardResult | Answers | null> => {
    if (failure !== null) throw failure;
    calls += 1;
    const call = calls;
    worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        waiting.set(call, { resolve, reject });
        worker.postMessage({ call, ...request });
      });
    } finally {
      if (waiting.size === 0) worker.unref();
    }
  };
  return {
    open: async (session, changes) => void (await ask({ type: 'open', session, changes })),
    close: async (id) => void (await ask({ type: 'close', id })),
    gradients: async (id, shard) => (await ask({ type: 'gradients', id, shard })) as ShardResult,
    predict: async (id, pixels) => (await ask({ type: 'predict', id, pixels })) as Answers,
    end: async () => {
      worker.removeAllListeners('exit');
      await worker.terminate();
    },
  };
}

/** One open model in every replica. */
export interface PoolSession {
  id: number;
  close(): Promise<void>;
}

/** Replicas of one engine, side by side. They start at first use and end with the engine. */
export class ReplicaPool {
  private readonly links: ReplicaLink[];
  private sessions = 0;

  constructor(links: ReplicaLink[]) {
    this.links = links;
  }

  get size(): number {
    return this.links.length;
  }

  /** @param changes whether the weights buffer (shared memory) is written between calls */
  async open(session: Omit<Session, 'id'>, changes: boolean): Promise<PoolSession> {
    this.sessions += 1;
    const id = this.sessions;
    await Promise.all(this.links.map((link) => link.open({ ...session, id }, changes)));
    return { id, close: async () => void (await Promise.all(this.links.map((link) => link.close(id)))) };
  }

  /** One shard a replica, in order; a replica without a shard rests. */
  gradients(id: number, shards: Shard[]): Promise<ShardResult[]> {
    return Promise.all(shards.map((shard, i) => (this.links[i] as ReplicaLink).gradients(id, shard)));
  }

  /** Chunks go to whichever replica is free; results keep the order of the chunks. */
  async predict(id: number, chunks: (Uint8Array | Float32Array)[]): Promise<Answers[]> {
    const results: Answers[] = [];
    let next = 0;
    const work = async (link: ReplicaLink): Promise<void> => {
      while (next < chunks.length) {
        const chunk = next;
        next += 1;
        results[chunk] = await link.predict(id, chunks[chunk] as Uint8Array);
      }
    };
    await Promise.all(this.links.map(work));
    return results;
  }

  async end(): Promise<void> {
    await Promise.all(this.links.map((link) => link.end()));
  }
}

const pools = new WeakMap<Engine, ReplicaPool>();

/** The engine's replicas: threads of their own for two and more, this thread for one. */
export function poolOf(engine: Engine): ReplicaPool {
  const known = pools.get(engine);
  if (known !== undefined) return known;
  const start: ReplicaStart = { engine: engine.name, wasmPath: engine.options.wasmPath ?? null };
  const links =
    engine.threads === 1
      ? [localLink()]
      : Array.from({ length: engine.threads }, () => threadLink(start, engine.options.replicaEntry));
  const pool = new ReplicaPool(links);
  pools.set(engine, pool);
  engine.atDispose(() => pool.end());
  return pool;
}
