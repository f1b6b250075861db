import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { AppError } from '#core/errors.ts';
import { ALIVE, watchChild } from '../hold/alive.ts';

/** What the trainer asks of the child that embeds. */
export interface EmbedOrder {
  shardId: string;
}
/** `why` a shard failed, `message` where that is a bug; `passes`: trouble around us was why, so it is tried again. */
export interface EmbedReply {
  shardId: string;
  why: AppError['why'] | null;
  message: string | null;
  passes: boolean;
}

/** A child without work ends after this, and gives its memory back, ms. */
const IDLE_MS = 60_000;

export interface Embedder {
  embed(shardId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Embeds shards in a child of its own, which keeps the backbone open from one to the next. */
export function createEmbedder(): Embedder {
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | null = null;
  let stopped = false;
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();

  const settle = ({ shardId, why, message, passes }: EmbedReply): void => {
    const own = waiting.get(shardId);
    waiting.delete(shardId);
    if (why) own?.reject(new AppError(passes ? 'UNAVAILABLE' : 'BAD_INPUT', why));
    else if (message !== null) own?.reject(new Error(message));
    else own?.resolve();
    if (waiting.size === 0 && !stopped) idle = setTimeout(() => child?.kill('SIGTERM'), IDLE_MS);
  };
  const start = (): ChildProcess => {
    const own = import.meta.url;
    const started = fork(new URL(own.endsWith('.ts') ? './embed-child.ts' : './embed-child.js', own));
    watchChild(started);
    started.on('message', (reply: EmbedReply | typeof ALIVE) => reply === ALIVE || settle(reply));
    started.once('exit', () => {
      if (child === started) child = null;
      for (const { reject } of waiting.values()) reject(new Error('The embedding process ended.'));
      waiting.clear();
    });
    return started;
  };
  return {
    embed: (shardId) =>
      new Promise((resolve, reject) => {
        if (idle) clearTimeout(idle);
        child ??= start();
        waiting.set(shardId, { resolve, reject });
        child.send({ shardId } satisfies EmbedOrder, (error) => {
          if (error) settle({ shardId, why: null, message: error.message, passes: false });
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        stopped = true;
        if (idle) clearTimeout(idle);
        if (!child) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
