import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Entry, ZipFile } from 'yauzl';

/** yauzl 3.4 has promises that its types do not know yet. */
export interface PromisedZip extends ZipFile {
  eachEntry(): AsyncIterable<Entry>;
  openReadStreamPromise(entry: Entry, options: object): Promise<Readable>;
}

/** The table of contents of a zip that was opened with `lazyEntries`, to be looked at before anything is unpacked. */
export async function listEntries(zip: PromisedZip): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}

/** One file of it, unpacked. */
export const readEntry = async (zip: PromisedZip, entry: Entry): Promise<Buffer> =>
  buffer(await zip.openReadStreamPromise(entry, {}));
