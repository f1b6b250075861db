import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { parseJson } from '#core/parse-json.ts';
import { isUnreached, openSafely } from './safe-fetch.ts';
import type { SafeFetchOptions } from './safe-fetch.ts';

/** Tries in a row that bring nothing, before it is given up; the pause before each grows by as much, ms. */
const TRIES = 4;
const PAUSE_MS = 500;
/** All tries together may take this long, ms: some hundred megabytes over a slow line. */
const DEADLINE_MS = 3_600_000;
/** What a try must add to the most that ever came to count as progress, bytes: a drip is none. */
const PROGRESS_BYTES = 65_536;

export interface DownloadOptions extends Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> {
  maxBytes: number;
  /** Where what came of a file waits for the next call when this one fails; without it nothing stays. */
  folder?: string;
  onProgress?: (done: number, total: number | null) => void;
  pauseMs?: number;
  deadlineMs?: number;
}

export interface Downloaded {
  body: Buffer;
  /** What servers on the way said of the file: the exact revision, and the SHA-256 of its content; null unless told. */
  revision: string | null;
  sha256: string | null;
}

/** What has come of a file, and by what its server can tell that it is still the same one. */
interface Part {
  chunks: Buffer[];
  have: number;
  total: number | null;
  /** A strong ETag; without one nothing is ever put behind what came before. */
  etag: string | null;
}

/**
 * Downloads a file under the rules of `safeFetch`, and goes on where a connection broke (RFC 9110, Range with
 * If-Range), as long as the server says that it is the same file still.
 * @throws AppError BAD_INPUT for an address that cannot be reached or an answer that is none, TOO_LARGE, and
 * UNAVAILABLE when connections broke again and again; what came by then waits in the folder for the next call
 */
export async function download(url: string, options: DownloadOptions): Promise<Downloaded> {
  const { maxBytes, folder, onProgress, pauseMs = PAUSE_MS, deadlineMs = DEADLINE_MS } = options;
  const file = folder === undefined ? null : join(folder, createHash('sha256').update(url).digest('hex'));
  const part = (file === null ? null : await readPart(file)) ?? { chunks: [], have: 0, total: null, etag: null };
  const said: Omit<Downloaded, 'body'> = { revision: null, sha256: null };
  const until = Date.now() + deadlineMs;
  let best = part.have;
  for (let failures = 1; ; failures += 1) {
    try {
      const { response, passed } = await openSafely(url, {
        ...options,
        redirects: 3,
        deadlineMs: Math.max(1, until - Date.now()),
        headers: part.have > 0 && part.etag ? { range: `bytes=${part.have}-`, 'if-range': part.etag } : {},
      });
      for (const headers of passed) readSaid(headers, said);
      continuePart(part, response, url);
      await readInto(part, response, { maxBytes, onProgress });
      if (file !== null) await rm(file, { force: true });
      return { body: Buffer.concat(part.chunks), ...said };
    } catch (error) {
      const isBroken = !(error instanceof AppError) || (isUnreached(error) && part.have > 0);
      if (!isBroken) throw error;
      if (part.have >= best + PROGRESS_BYTES) {
        best = part.have;
        failures = 1;
      }
      if (failures >= TRIES || Date.now() > until) {
        // A disk that is full must not hide why the download ended.
        if (file !== null && part.etag) await writePart(file, part).catch(() => undefined);
        throw broken(part, error);
      }
      await pause(pauseMs * failures);
    }
  }
}

/** Hosts of models tell the revision and the hash of a large file on their way to the store that holds it. */
function readSaid(headers: IncomingHttpHeaders, said: Omit<Downloaded, 'body'>): void {
  const [revision, hash] = ['x-repo-commit', 'x-linked-etag'].map((name) =>
    String(headers[name] ?? '').replaceAll('"', ''),
  );
  if (revision !== undefined && /^[0-9a-f]{40}$/.test(revision)) said.revision = revision;
  if (hash !== undefined && /^[0-9a-f]{64}$/.test(hash)) said.sha256 = hash;
}

/** Where the answer belongs: behind what came before, or in its place. */
function continuePart(part: Part, response: IncomingMessage, url: string): void {
  const { statusCode = 0, headers } = response;
  const length = Number(headers['content-length'] ?? Number.NaN);
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '');
  const isSame =
    (headers.etag === undefined || headers.etag === part.etag) &&
    (part.total === null || part.total === Number(range?.[2]));
  if (statusCode === 206 && range && Number(range[1]) === part.have && isSame) {
    part.total = Number(range[2]);
    return;
  }
  part.chunks = [];
  part.have = 0;
  if (statusCode !== 200) {
    response.destroy();
    // A part that fits no more, or a server in trouble: from the beginning, a little later.
    if ([206, 416, 429].includes(statusCode) || statusCode >= 500) {
      part.etag = null;
      throw new Error(`the server answered ${statusCode}`);
    }
    throw new AppError('BAD_INPUT', say('refusal.serverAnswered', { status: statusCode, url: url.slice(0, 200) }));
  }
  const { etag } = headers;
  part.etag = etag !== undefined && etag.startsWith('"') ? etag : null;
  part.total = Number.isFinite(length) ? length : null;
}

async function readInto(
  part: Part,
  response: IncomingMessage,
  { maxBytes, onProgress }: Pick<DownloadOptions, 'maxBytes' | 'onProgress'>,
): Promise<void> {
  const tooLarge = () =>
    new AppError('TOO_LARGE', say('refusal.fileTooLarge', { mib: Math.round(maxBytes / 2 ** 20) }));
  if ((part.total ?? 0) > maxBytes) {
    response.destroy();
    throw tooLarge();
  }
  onProgress?.(part.have, part.total);
  for await (const chunk of response) {
    part.have += (chunk as Buffer).length;
    if (part.have > maxBytes) {
      response.destroy();
      throw tooLarge();
    }
    part.chunks.push(chunk as Buffer);
    onProgress?.(part.have, part.total);
  }
  if (part.total !== null && part.have !== part.total) throw new Error('the answer ended early');
}

function broken({ have, total, etag }: Part, cause: unknown): AppError {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const came =
    total === null
      ? say('refusal.came', { have: megabytes(have) })
      : say('refusal.cameOf', { have: megabytes(have), total: megabytes(total) });
  const broke = etag ? say('refusal.brokeOffGoesOn', { came }) : say('refusal.brokeOff', { came });
  return new AppError('UNAVAILABLE', have === 0 ? say('refusal.noAnswer') : broke, { cause });
}

const PART_HEAD = z.object({ total: z.number().nullable(), etag: z.string().nullable() });

/** One line that says what it is, then the bytes; written beside and renamed, so that a half-written one is none. */
async function writePart(file: string, { chunks, total, etag }: Part): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Two fetches of one file may give up at the same time.
  const fresh = `${file}.${randomUUID()}.new`;
  try {
    await writeFile(fresh, [`${JSON.stringify({ total, etag })}\n`, ...chunks], { mode: 0o600 });
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}

async function readPart(file: string): Promise<Part | null> {
  const bytes = await readFile(file).catch(() => null);
  const end = bytes?.indexOf('\n') ?? -1;
  if (!bytes || end < 0) return null;
  const head = PART_HEAD.safeParse(parseJson(bytes.toString('utf8', 0, end)));
  if (!head.success) return null;
  const { total, etag } = head.data;
  return { chunks: [bytes.subarray(end + 1)], have: bytes.length - end - 1, total, etag };
}
