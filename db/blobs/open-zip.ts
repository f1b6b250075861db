import { read } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import yauzl from 'yauzl';
import type { PromisedZip } from './promised-zip.ts';

/** Bytes that are read at once where a zip is read on from where it was read to. */
const AHEAD = 2 ** 20;
/** Bytes that are read at once of a file in it. */
const PIECE = 2 ** 18;

/** Fills a buffer from a place of a file, and tells how many bytes there were. */
export type ReadAt = (
  fd: number,
  into: Buffer,
  at: number,
  done: (error: Error | null, bytesRead: number) => void,
) => void;

const readAt: ReadAt = (fd, into, at, done) => read(fd, into, 0, into.length, at, done);

/**
 * Reads a zip on disk. yauzl asks for its table of contents twice an entry, some 100 bytes at a time: of 100,000 names
 * that alone took ten seconds. It is read ahead instead; a header among the files is read as it is asked for.
 */
class ZipOnDisk extends yauzl.RandomAccessReader {
  readonly #file: FileHandle;
  readonly #readAt: ReadAt;
  #held = { at: 0, bytes: Buffer.alloc(0) };
  /** Where the last read ended. */
  #end = -1;

  constructor(file: FileHandle, readFrom: ReadAt) {
    super();
    this.#file = file;
    this.#readAt = readFrom;
  }

  override read(
    into: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    const isGoingOn = position === this.#end;
    this.#end = position + length;
    if (this.#take(into, offset, length, position)) return done(null);
    const bytes = Buffer.allocUnsafe(isGoingOn ? Math.max(AHEAD, length) : length);
    this.#readAt(this.#file.fd, bytes, position, (error, bytesRead) => {
      if (error) return done(error);
      this.#held = { at: position, bytes: bytes.subarray(0, bytesRead) };
      return done(this.#take(into, offset, length, position) ? null : new Error('unexpected end of the zip'));
    });
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(piecesOf(this.#file, start, end), { objectMode: false });
  }

  override close(done: (error: Error | null) => void): void {
    this.#file.close().then(() => done(null), done);
  }

  #take(into: Buffer, offset: number, length: number, position: number): boolean {
    const from = position - this.#held.at;
    if (from < 0 || from + length > this.#held.bytes.length) return false;
    this.#held.bytes.copy(into, offset, from, from + length);
    return true;
  }
}

/** Not a stream of the file's: that one closes the file when it is destroyed, which yauzl does to each. */
async function* piecesOf(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const bytes = Buffer.allocUnsafe(Math.min(PIECE, end - at));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    if (bytesRead === 0) return;
    yield bytes.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Opens a zip on disk; whoever calls closes it. Rejects when it is none. */
export async function openZip(path: string, options: yauzl.Options, readFrom = readAt): Promise<PromisedZip> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await new Promise<PromisedZip>((resolve, reject) => {
      const reader = new ZipOnDisk(file, readFrom);
      yauzl.fromRandomAccessReader(reader, size, { ...options, autoClose: false }, (error, opened) =>
        error ? reject(error) : resolve(opened as PromisedZip),
      );
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}
