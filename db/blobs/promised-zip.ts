import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import type { ZipFile } from 'yauzl';

/** yauzl 3.4 has promises that its types do not know yet. */
export interface PromisedZip extends ZipFile {
  eachEntry(): AsyncIterable<yauzl.Entry>;
  openReadStreamPromise(entry: yauzl.Entry, options: object): Promise<Readable>;
}

/** Where a file lies in a zip and how it is packed: what is needed to read it. */
export type PackedFile = Pick<
  yauzl.Entry,
  | 'generalPurposeBitFlag'
  | 'compressionMethod'
  | 'compressedSize'
  | 'uncompressedSize'
  | 'fileNameLength'
  | 'relativeOffsetOfLocalHeader'
>;

/**
 * The table of contents of a zip that was opened with `lazyEntries`, to be looked at before anything is unpacked.
 * @param keep what is kept of an entry: yauzl's own take a kilobyte each
 */
export async function listEntries<T>(zip: PromisedZip, keep: (entry: yauzl.Entry) => T): Promise<T[]> {
  const entries: T[] = [];
  for await (const entry of zip.eachEntry()) entries.push(keep(entry));
  return entries;
}

/** That much of an entry, and nothing else of it. */
export const packedOf = (entry: PackedFile): PackedFile => ({
  generalPurposeBitFlag: entry.generalPurposeBitFlag,
  compressionMethod: entry.compressionMethod,
  compressedSize: entry.compressedSize,
  uncompressedSize: entry.uncompressedSize,
  fileNameLength: entry.fileNameLength,
  relativeOffsetOfLocalHeader: entry.relativeOffsetOfLocalHeader,
});

/** One file of it, unpacked. A further field of the caller's could take the place of one of yauzl's methods. */
export const readEntry = async (zip: PromisedZip, entry: PackedFile): Promise<Buffer> =>
  buffer(await zip.openReadStreamPromise(Object.assign(new yauzl.Entry(), packedOf(entry)), {}));
