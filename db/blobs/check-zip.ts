import type { Entry } from 'yauzl';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';

/** Unpacked to packed size of a whole archive above which it is a bomb, once it unpacks to more than `freely`. */
const RATIO = 200;
const FREELY = 64 * 2 ** 20;
/** A local header before its name and its extra field (APPNOTE 4.3.7). */
const HEADER_BYTES = 30;

type Listed = Pick<Entry, 'relativeOffsetOfLocalHeader' | 'compressedSize' | 'uncompressedSize' | 'fileNameLength'>;

/**
 * Refuses archives that are small and unpack to very much: whose entries share bytes (one packed file named many
 * times), or that are packed more than any picture or weights are.
 * @param bytes size of the archive itself
 * @throws AppError BAD_INPUT, TOO_LARGE
 */
export function checkZip(entries: readonly Listed[], bytes: number): void {
  let end = 0;
  let unpacked = 0;
  for (const entry of [...entries].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)) {
    if (entry.relativeOffsetOfLocalHeader < end) throw new AppError('BAD_INPUT', say('file.zipShared'));
    end = entry.relativeOffsetOfLocalHeader + HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
    unpacked += entry.uncompressedSize;
  }
  if (end > bytes) throw new AppError('BAD_INPUT', say('file.zipCutOff'));
  if (unpacked > FREELY && unpacked > bytes * RATIO) throw new AppError('TOO_LARGE', say('file.zipBomb'));
}
