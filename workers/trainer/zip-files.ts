import yauzl from 'yauzl';
import { ZipFile } from 'yazl';
import { AppError } from '#core/errors.ts';

export interface NamedBytes {
  path: string;
  bytes: Uint8Array;
}

/** One time stamp for all files: the same files give the same zip. */
const STAMP = new Date('2000-01-01T00:00:00Z');

export async function zipFiles(files: readonly NamedBytes[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, bytes } of files) zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), path, { mtime: STAMP });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The files of a zip that we wrote ourselves, by path. @throws AppError BAD_INPUT when it is damaged */
export async function unzipFiles(bytes: Buffer): Promise<Map<string, Buffer>> {
  try {
    const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
      yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    const files = new Map<string, Buffer>();
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry: yauzl.Entry) => {
        zip.openReadStream(entry, (error, stream) => {
          if (error) {
            reject(error);
            return;
          }
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('error', reject);
          stream.on('end', () => {
            files.set(entry.fileName, Buffer.concat(chunks));
            zip.readEntry();
          });
        });
      });
      zip.readEntry();
    });
    return files;
  } catch (error) {
    throw new AppError('BAD_INPUT', 'A stored file is damaged. Import it again.', { cause: error });
  }
}
