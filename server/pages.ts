import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Env } from './env.ts';

export interface Pages {
  /** Until the first page can be served. Asked again, it is the same opening. */
  open(): Promise<void>;
  /** Waits for the opening. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** The development server speaks with its pages over a socket of its own. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** What Next serves. It is loaded when asked to open, so that in development the API need not wait for it. */
export function createPages(env: Env): Pages {
  const load = async () => {
    const { default: next } = await import('next');
    const app = next({
      dev: env.NODE_ENV === 'development',
      dir: process.cwd(),
      hostname: env.HOST,
      port: env.PORT,
    });
    await app.prepare();
    return { app, handle: app.getRequestHandler(), upgrade: app.getUpgradeHandler() };
  };
  let opening: ReturnType<typeof load> | null = null;
  const opened = () => (opening ??= load());
  return {
    open: async () => void (await opened()),
    handle: async (req, res) => (await opened()).handle(req, res),
    upgrade: async (req, socket, head) => (await opened()).upgrade(req, socket, head),
    close: async () => (opening ? (await opening).app.close() : undefined),
  };
}
