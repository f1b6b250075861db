import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import { piecesOf } from '#core/proposal/pieces.ts';
import { ARCHIVE_PIECE } from './read-aside.ts';
import type { AsideOrder, AsideReply } from './read-aside.ts';
import { readArchiveLabels, readRows } from './read-labels.ts';

/** The thread that reads label files, so that nobody else waits: it tells what it found, then piece by piece. */
const order = workerData as AsideOrder;

function read(): { head: unknown; pieceAt: (index: number) => readonly unknown[] } {
  if (order.task === 'rows') {
    const { rows, ...head } = readRows(order.name, order.bytes);
    const pieces = piecesOf(rows);
    return { head, pieceAt: (index) => pieces[index] ?? [] };
  }
  const { find, refused, proposal } = readArchiveLabels(order.paths, order.labelFiles, order.reading, order.encoding);
  const head = { proposal, refused: refused.map(({ name, error }) => ({ name, why: error.why })) };
  return {
    head,
    pieceAt: (index) => order.paths.slice(index * ARCHIVE_PIECE, (index + 1) * ARCHIVE_PIECE).map((path) => find(path)),
  };
}

const tell = (reply: AsideReply): void => parentPort?.postMessage(reply);
try {
  const { head, pieceAt } = read();
  let told = 0;
  parentPort?.on('message', () => {
    tell({ value: pieceAt(told) });
    told += 1;
  });
  tell({ value: head });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ code: error.code, why: error.why });
}
