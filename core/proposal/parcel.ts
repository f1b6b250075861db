import type { FileLabel } from './label-book.ts';

/**
 * Small images travel together, in one request: it costs an image alone some twenty statements and a commit of its own,
 * far more than its decoding does. So many, and so many bytes of them, make a parcel; a larger image goes alone.
 */
export const PARCEL = { files: 96, bytes: 4 * 2 ** 20 } as const;

/** Of the list at the head of a parcel, bytes. */
export const PARCEL_HEAD_BYTES = 4 * 2 ** 20;

/** An image of a parcel, whose bytes follow the list in its order. */
export interface ParcelEntry extends Partial<FileLabel> {
  name: string;
  bytes: number;
}

/**
 * How a parcel begins: four bytes that say how long the list is, most significant first, then the list as JSON. The
 * bytes of its images follow one after the other.
 *
 *   new Blob([parcelHead([{ name: 'a.png', bytes: a.size }, { name: 'b.png', bytes: b.size }]), a, b])
 */
export function parcelHead(entries: readonly ParcelEntry[]): Uint8Array<ArrayBuffer> {
  const list = new TextEncoder().encode(JSON.stringify(entries));
  const head = new Uint8Array(4 + list.length);
  new DataView(head.buffer).setUint32(0, list.length);
  head.set(list, 4);
  return head;
}

/** Whether an image of so many bytes still goes into a parcel that holds so much. */
export const hasRoom = (parcel: { files: number; bytes: number }, bytes: number): boolean =>
  parcel.files < PARCEL.files && parcel.bytes + bytes <= PARCEL.bytes;

/** Files in the order in which they are sent: images that may travel together as one, the others each alone. */
export function intoParcels<T>(
  files: readonly T[],
  bytesOf: (file: T) => number,
  isImage: (file: T) => boolean,
): T[][] {
  const parcels: T[][] = [];
  let open: T[] = [];
  let bytes = 0;
  for (const file of files) {
    const more = bytesOf(file);
    if (open.length > 0 && isImage(file) && hasRoom({ files: open.length, bytes }, more)) {
      open.push(file);
      bytes += more;
      continue;
    }
    const alone = [file];
    parcels.push(alone);
    open = isImage(file) ? alone : [];
    bytes = more;
  }
  return parcels;
}
