import { createBudget } from '#core/budget.ts';
import { AppError } from '#core/errors.ts';
import type { ErrorCode } from '#core/errors.ts';
import { piecesOf } from '#core/proposal/pieces.ts';
import type { ImportedRow } from '#core/formats/types.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { Proposal } from '#core/proposal/propose.ts';
import type { LabelFileBytes } from '#core/proposal/read-tables.ts';
import { startThread } from '#ml/thread.ts';
import { PLAIN_READING, readArchiveLabels, readRows } from './read-labels.ts';
import type { ArchiveReading, LabelRows } from './read-labels.ts';

/** Label files of so many bytes, and archives of so many names, are read here: within some hundredths of a second. */
const HERE = { bytes: 256 * 2 ** 10, paths: 2000 };
/** Labels of an archive that come over from the thread at a time. */
export const ARCHIVE_PIECE = 5000;

export type AsideOrder =
  | { task: 'rows'; name: string; bytes: Uint8Array }
  | {
      task: 'archive';
      paths: readonly string[];
      labelFiles: readonly LabelFileBytes[];
      reading: ArchiveReading;
      encoding: string | null;
    };
export type AsideReply = { value: unknown } | { code: ErrorCode; why: AppError['why'] };

/** One thread at a time: what it reads may take some hundred megabytes. */
const threads = createBudget(1);

/**
 * What a label file says. A large one is read in a thread, since a table of a million rows takes some seconds,
 * and comes over in pieces: the server goes on answering meanwhile. To be closed in the end.
 *
 * @throws AppError BAD_INPUT with what is wrong with the file
 */
export async function openRows(
  name: string,
  bytes: Uint8Array,
): Promise<Omit<LabelRows, 'rows'> & { pieces: AsyncIterable<ImportedRow[]>; close(): void }> {
  if (bytes.length <= HERE.bytes) {
    const { rows, ...head } = readRows(name, bytes);
    return { ...head, pieces: toIterable(piecesOf(rows)), close: () => undefined };
  }
  const thread = await openThread({ task: 'rows', name, bytes });
  const head = (await thread.next()) as Omit<LabelRows, 'rows'>;
  return { ...head, pieces: thread.pieces<ImportedRow>(), close: thread.close };
}

async function* toIterable<T>(pieces: readonly T[]): AsyncGenerator<T> {
  yield* pieces;
}

/** `readArchiveLabels`, in a thread where there is much to read. */
export async function readArchiveAside(
  paths: readonly string[],
  labelFiles: readonly LabelFileBytes[],
  reading: ArchiveReading = PLAIN_READING,
  encoding: string | null = null,
): Promise<ReturnType<typeof readArchiveLabels>> {
  const bytes = labelFiles.reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes <= HERE.bytes && paths.length <= HERE.paths) return readArchiveLabels(paths, labelFiles, reading, encoding);
  const thread = await openThread({ task: 'archive', paths, labelFiles, reading, encoding });
  const head = (await thread.next()) as { proposal: Proposal; refused: { name: string; why: AppError['why'] }[] };
  const labels = new Map<string, FileLabel>();
  let at = 0;
  for await (const piece of thread.pieces<FileLabel | null>()) {
    for (const label of piece) {
      const path = paths[at];
      at += 1;
      if (path !== undefined && label !== null) labels.set(path, label);
    }
  }
  thread.close();
  return {
    proposal: head.proposal,
    refused: head.refused.map(({ name, why }) => ({ name, error: new AppError('BAD_INPUT', why) })),
    find: (path) => labels.get(path) ?? null,
  };
}

async function openThread(order: AsideOrder) {
  const free = await threads.take(1);
  const thread = startThread(import.meta.url, 'label-worker', order);
  let isAsked = false;
  let isClosed = false;
  let failure: Error | null = null;
  let waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void } | null = null;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    free();
    void thread.terminate();
  };
  // It may end between two pieces, when nobody listens: who asks next is told.
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error('The thread that reads labels ended.');
    waiting?.reject(failure);
    close();
  };
  thread.once('error', fail);
  thread.once('exit', fail);
  thread.on('message', (reply: AsideReply) => {
    if ('value' in reply) waiting?.resolve(reply.value);
    else fail(new AppError(reply.code, reply.why));
  });
  /** What it says next: first what it found, then each piece that is asked for. */
  const next = (): Promise<unknown> => {
    if (failure) return Promise.reject(failure);
    if (isAsked) thread.postMessage('next');
    isAsked = true;
    return new Promise<unknown>((resolve, reject) => {
      waiting = { resolve, reject };
    });
  };
  return {
    next,
    close,
    async *pieces<T>(): AsyncGenerator<T[]> {
      for (;;) {
        const piece = (await next()) as T[];
        if (piece.length === 0) return;
        yield piece;
      }
    },
  };
}
