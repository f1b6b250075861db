import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';

/** Largest body of a call, bytes: who is signed in sends decisions by the hundred, a stranger a name and a password. */
export const CALL_BYTES = { stranger: 64 * 2 ** 10, member: 2 ** 20 } as const;
/** How long the body of a call may take to arrive, ms. */
export const CALL_MS = 15_000;
/** An upload has no deadline, but in each such time so many bytes must come. */
const STALL = { ms: 30_000, bytes: 16 * 2 ** 10 };
/** Of an upload that is refused so much is still read, and for so long, for its sender to hear why. */
const REST = { ms: 10_000, bytes: 64 * 2 ** 20 };
/** How long somebody may read nothing of a download, ms. What a slow reader takes shows by the megabyte only. */
const READER_MS = 600_000;

export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Receives the body of a call, bounded in size and time. What is still coming when it is refused is not read: the
 * answer closes the connection.
 * @throws AppError TOO_LARGE, TOO_SLOW when it comes too slowly or is cut off
 */
export function receiveCall(req: IncomingMessage, limit: number, deadlineMs = CALL_MS): Promise<string> {
  if (Number(req.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let seen = 0;
    const end = (error: AppError | null): void => {
      clearTimeout(timer);
      req.off('data', take);
      if (error === null) return resolve(Buffer.concat(chunks).toString('utf8'));
      chunks.length = 0;
      req.pause();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      seen += chunk.length;
      if (seen > limit) return end(tooLarge(limit));
      chunks.push(chunk);
    };
    const timer = setTimeout(() => end(tooSlow()), deadlineMs);
    req.on('data', take);
    req.once('end', () => end(null));
    req.once('close', () => end(new AppError('TOO_SLOW', say('error.cutOff'))));
    req.once('error', () => end(new AppError('TOO_SLOW', say('error.cutOff'))));
  });
}

/**
 * Ends an upload that stands still: a connection that sends a byte now and then would be held for ever. The returned
 * function ends the watching.
 */
export function watchStall(req: IncomingMessage, stall = STALL): () => void {
  let before = req.socket.bytesRead;
  const timer = setInterval(() => {
    const { bytesRead } = req.socket;
    if (!req.complete && bytesRead - before < stall.bytes) req.destroy(tooSlow());
    before = bytesRead;
  }, stall.ms);
  return () => clearInterval(timer);
}

/**
 * Reads on what comes of an upload that has been answered, and drops it, up to a limit. Whoever sends a file reads the
 * answer when it has been sent: a connection that is closed before resets it, and the answer is lost with it.
 */
export function dropRest(req: IncomingMessage, limit = REST): Promise<void> {
  if (req.complete || req.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let seen = 0;
    const end = (): void => {
      clearTimeout(timer);
      req.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      seen += chunk.length;
      if (seen > limit.bytes) end();
    };
    const timer = setTimeout(end, limit.ms);
    req.once('end', end);
    req.once('close', end);
    req.on('data', count);
  });
}

/**
 * Ends an answer that nobody reads: what it streams from (a file, a bucket, an archive in the making) would be held
 * open for ever. The returned function ends the watching.
 */
export function watchReader(res: ServerResponse, stallMs = READER_MS): () => void {
  const { socket } = res;
  let before = -1;
  const timer = setInterval(() => {
    if (!socket) return;
    // What waits to be written and has not moved: a source that is slow leaves nothing waiting.
    const isStuck = socket.writableLength > 0 && socket.bytesWritten - socket.writableLength === before;
    before = socket.bytesWritten - socket.writableLength;
    if (isStuck) res.destroy();
  }, stallMs);
  return () => clearInterval(timer);
}

const tooSlow = (): AppError => new AppError('TOO_SLOW', say('error.tooSlow'));

const tooLarge = (limit: number): AppError =>
  new AppError('TOO_LARGE', say('refusal.requestLarge', { kib: Math.round(limit / 2 ** 10) }));
