import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createBudget } from '#core/budget.ts';
import type { Budget } from '#core/budget.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { limitBytes } from '#db/blobs/limit-bytes.ts';
import { watchStall } from '../body.ts';

const tooLarge = (limit: number): AppError =>
  new AppError('TOO_LARGE', say('refusal.uploadTooLarge', { mib: Math.round(limit / 2 ** 20) }));

/** Bytes of bodies that this server holds at once; an upload waits before it is read. */
const bodies = createBudget(512 * 2 ** 20);

/**
 * Gives a request body of bounded size to `work`, and holds its share of `budget` until that is done: that of uploads
 * unless told. An upload that stands still is ended.
 * @throws AppError TOO_LARGE
 */
export async function withBody<T>(
  req: IncomingMessage,
  limit: number,
  work: (body: Buffer) => Promise<T>,
  budget: Budget = bodies,
): Promise<T> {
  const free = await budget.take(announced(req, limit) ?? limit);
  try {
    const body = await readBody(req, limit);
    // One that did not tell its length counted as the largest there may be.
    free.keep(body.length);
    return await work(body);
  } finally {
    free();
  }
}

/**
 * Writes a request body of bounded size to a file.
 * @throws AppError TOO_LARGE
 */
export async function receiveFile(req: IncomingMessage, path: string, limit: number): Promise<void> {
  announced(req, limit);
  const endWatch = watchStall(req);
  await pipeline(
    piecesOf(req),
    limitBytes(limit, () => tooLarge(limit)),
    createWriteStream(path, { mode: 0o600 }),
  ).finally(endWatch);
}

/** How long a body says it is, bytes; null where it does not. One that says it is too large is not read. */
function announced(req: IncomingMessage, limit: number): number | null {
  const { 'content-length': length } = req.headers;
  if (length === undefined) return null;
  if (Number(length) > limit) throw tooLarge(limit);
  return Number(length);
}

/** Who stops reading them leaves the request open: with its connection the answer would be gone that says why. */
const piecesOf = (req: IncomingMessage): AsyncIterable<Buffer> => req.iterator({ destroyOnReturn: false });

async function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let seen = 0;
  const endWatch = watchStall(req);
  try {
    for await (const chunk of piecesOf(req)) {
      seen += chunk.length;
      if (seen > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } finally {
    endWatch();
  }
  return Buffer.concat(chunks);
}
