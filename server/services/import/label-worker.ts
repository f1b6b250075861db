import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import { ARCHIVE_PIECE, PIECE } from './read-aside.ts';
import type { AsideOrder, AsideReply } from './read-aside.ts';
import { readArchiveLabels, readRows } from './read-labels.ts';

/** The thread that reads label files, so that nobody else waits: it tells what it found, then piece by piece. */
const order = workerData as AsideOrder;

function read(): { head: unknown; items: readonly unknown[]; piece: number } {
  if (order.task === 'rows') {
    const { rows, ...head } = readRows(order.name, order.bytes);
    return { head, items: rows, piece: PIECE };
  }
  const { find, refused, proposal } = readArchiveLabels(order.paths, order.labelFiles, order.reading, order.encoding);
  const head = { proposal, refused: refused.map(({ name, error }) => ({ name, message: error.message })) };
  return { head, items: order.paths.map((path) => find(path)), piece: ARCHIVE_PIECE };
}

const say = (reply: AsideReply): void => parentPort?.postMessage(reply);
try {
  const { head, items, piece } = read();
  let told = 0;
  parentPort?.on('message', () => {
    say({ value: items.slice(told, told + piece) });
    told += piece;
  });
  say({ value: head });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  say({ code: error.code, message: error.message });
}
