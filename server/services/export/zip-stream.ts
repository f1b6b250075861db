import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  path: string;
  compress: boolean;
  body: Readable;
}

/** A zip that takes the next entry when the last one has gone out, and stops reading when nobody listens any more. */
export function zipStream(entries: AsyncIterable<ZipEntry>, mtime: Date): Readable {
  const zip = new ZipFile();
  const stream = zip.outputStream as Readable;
  const closed = new AbortController();
  const fail = (error: Error): void => void stream.destroy(error);
  stream.once('close', () => closed.abort());
  zip.on('error', fail);
  const fill = async (): Promise<void> => {
    for await (const { path, compress, body } of entries) {
      zip.addReadStream(body, path, { mtime, compress });
      await finished(body, { signal: closed.signal });
    }
    zip.end();
  };
  fill().catch(fail);
  return stream;
}
