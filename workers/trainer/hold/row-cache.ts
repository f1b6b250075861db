import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { must } from '#core/must.ts';

/** Rows of one length by the hash of the image that each was made of. */
export interface RowCache<T extends { contentHash: string }> {
  /** The rows of these images, in their order, in shared memory; those that are not there yet are made and kept. */
  load<P>(images: readonly T[], options: RowMaking<T, P>): Promise<Uint8Array>;
}

/** Rows that were not there: those that were known elsewhere, and those that had to be made. */
export interface RowCounts {
  known: number;
  made: number;
}

export interface RowMaking<T, P> {
  /** Bytes of a row. */
  length: number;
  /** Told how many rows came from where, when some were missing. */
  onMissing?(counts: RowCounts): void;
  /** Bytes that an image takes while its row is made, and that all images in the making may take. */
  blockLength: number;
  blockBytes: number;
  /** Rows that somebody has made already, of as many of these images as there are. */
  known?(images: readonly T[]): AsyncIterable<{ images: readonly T[]; rows: Uint8Array }>;
  /** Called when something is missing. The next block is prepared while rows of this one are made. */
  open(): Promise<{
    prepare(images: readonly T[]): Promise<P>;
    make(prepared: P): Promise<Uint8Array>;
    close(): Promise<void>;
  }>;
  /** Hears after every block how many of the missing rows are made. */
  onMade?: ((done: number, total: number) => void) | undefined;
}

interface Place {
  file: string;
  row: number;
}

const NAME = /^[0-9a-f-]+\.hashes$/;

/**
 * Rows kept on disk in parts that are never changed after they appear, so any number of trainers may share the folder.
 */
export function openRowCache<T extends { contentHash: string }>(folder: string): RowCache<T> {
  mkdirSync(folder, { recursive: true });
  const places = new Map<string, Place>();
  for (const name of readdirSync(folder).filter((file) => NAME.test(file))) {
    const file = join(folder, name.replace('.hashes', '.rows'));
    for (const [row, hash] of readFileSync(join(folder, name), 'utf8').split('\n').entries())
      if (hash) places.set(hash, { file, row });
  }
  let isWhole = false;
  return {
    load: async (images, making) => {
      if (!isWhole) forgetCut(places, making.length);
      isWhole = true;
      const listMissing = () => [
        ...new Map(
          images.filter(({ contentHash }) => !places.has(contentHash)).map((image) => [image.contentHash, image]),
        ).values(),
      ];
      const wanted = listMissing();
      if (wanted.length > 0 && making.known)
        for await (const part of making.known(wanted)) keepPart(folder, part.images, part.rows, places);
      const missing = listMissing();
      if (missing.length > 0) await makeRows(folder, missing, making, places);
      if (wanted.length > 0) making.onMissing?.({ known: wanted.length - missing.length, made: missing.length });
      return readRows(images, places, making.length);
    },
  };
}

/** Forgets rows beyond the end of their part: one that lost its end with the power is made anew. */
function forgetCut(places: Map<string, Place>, length: number): void {
  const sizes = new Map<string, number>();
  for (const [hash, { file, row }] of places) {
    const size = sizes.get(file) ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    sizes.set(file, size);
    if (size < (row + 1) * length) places.delete(hash);
  }
}

async function makeRows<T extends { contentHash: string }, P>(
  folder: string,
  missing: readonly T[],
  { blockLength, blockBytes, open, onMade }: RowMaking<T, P>,
  places: Map<string, Place>,
): Promise<void> {
  const { prepare, make, close } = await open();
  try {
    const size = Math.max(1, Math.floor(blockBytes / blockLength));
    const blockAt = (start: number): readonly T[] => missing.slice(start, start + size);
    let upcoming = prepare(blockAt(0));
    for (let start = 0; start < missing.length; start += size) {
      const prepared = await upcoming;
      if (start + size < missing.length) {
        upcoming = prepare(blockAt(start + size));
        // Whoever waits for it sees the failure.
        upcoming.catch(() => undefined);
      }
      keepPart(folder, blockAt(start), await make(prepared), places);
      onMade?.(Math.min(start + size, missing.length), missing.length);
    }
  } finally {
    await close();
  }
}

function keepPart(
  folder: string,
  images: readonly { contentHash: string }[],
  rows: Uint8Array,
  places: Map<string, Place>,
): void {
  const file = writePart(folder, images, rows);
  for (const [row, { contentHash }] of images.entries()) places.set(contentHash, { file, row });
}

/** The list of hashes appears last, once the disk has the rows: a part without one was never finished. */
function writePart(folder: string, images: readonly { contentHash: string }[], rows: Uint8Array): string {
  const name = randomUUID();
  const file = join(folder, `${name}.rows`);
  writeThrough(file, rows);
  writeThrough(join(folder, `${name}.tmp`), images.map(({ contentHash }) => contentHash).join('\n'));
  renameSync(join(folder, `${name}.tmp`), join(folder, `${name}.hashes`));
  return file;
}

/** Writes a file and waits until the disk has it. */
function writeThrough(path: string, content: Uint8Array | string): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws Error naming a file that is shorter than its list says: zeros would be learned as a black image */
function readRows(
  images: readonly { contentHash: string }[],
  places: ReadonlyMap<string, Place>,
  length: number,
): Uint8Array {
  const data = new Uint8Array(new SharedArrayBuffer(images.length * length));
  const open = new Map<string, number>();
  try {
    for (const [position, { contentHash }] of images.entries()) {
      const place = must(places, contentHash, 'row of image');
      const file = open.get(place.file) ?? openSync(place.file, 'r');
      open.set(place.file, file);
      for (let read = 0; read < length;) {
        const more = readSync(file, data, position * length + read, length - read, place.row * length + read);
        if (more === 0) throw new Error(`${place.file} ends before image ${contentHash}: delete it and its list`);
        read += more;
      }
    }
  } finally {
    for (const file of open.values()) closeSync(file);
  }
  return data;
}
