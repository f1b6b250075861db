import yauzl from 'yauzl';
import { ZipFile } from 'yazl';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { checkZip } from './check-zip.ts';
import { listEntries, readEntry } from './promised-zip.ts';
import type { PromisedZip } from './promised-zip.ts';

export interface NamedBytes {
  path: string;
  bytes: Uint8Array;
}

/** One time stamp for all files: the same files give the same zip. */
const STAMP = new Date('2000-01-01T00:00:00Z');

export async function zipFiles(files: readonly NamedBytes[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, bytes } of files)
    zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), path, { mtime: STAMP });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * The files of a small zip, by path. Names are never paths on disk here; yauzl refuses names that leave the zip and
 * sizes that lie.
 * @throws AppError BAD_INPUT when it is no zip or damaged, TOO_LARGE beyond the limits
 */
export async function unzipFiles(
  bytes: Buffer,
  limits = { entries: 100, bytes: 512 * 2 ** 20 },
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  try {
    const zip = await new Promise<PromisedZip>((resolve, reject) => {
      yauzl.fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, opened) =>
        error ? reject(error) : resolve(opened as PromisedZip),
      );
    });
    if (zip.entryCount > limits.entries)
      throw new AppError('TOO_LARGE', say('file.zipFiles', { most: limits.entries }));
    const entries = await listEntries(zip, (entry) => entry);
    checkZip(entries, bytes.length);
    if (entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0) > limits.bytes)
      throw new AppError('TOO_LARGE', say('file.zipMib', { mib: limits.bytes / 2 ** 20 }));
    for (const entry of entries) {
      if (entry.fileName.endsWith('/')) continue;
      if (files.has(entry.fileName)) throw new AppError('BAD_INPUT', say('file.zipSame'));
      files.set(entry.fileName, await readEntry(zip, entry));
    }
    return files;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('BAD_INPUT', say('file.zipUnreadable'), {
      cause: error,
    });
  }
}
