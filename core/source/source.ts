import { isLabelFile } from '../formats/import.ts';
import { IMAGE_NAME } from '../image/image-files.ts';

/** Where images keep coming from: below a prefix of a bucket, in a folder of the server, or a list of addresses. */
export const SOURCE_KINDS = ['bucket', 'folder', 'list'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** How often a source is looked at by itself. */
export const SOURCE_INTERVALS = ['hand', 'hourly', 'daily'] as const;
export type SourceInterval = (typeof SOURCE_INTERVALS)[number];

/** Hours between two looks; null: only when it is asked. */
export const INTERVAL_HOURS: Record<SourceInterval, number | null> = { hand: null, hourly: 1, daily: 24 };

/** Where a source is, without its keys. */
export type SourcePlace =
  | { kind: 'bucket'; bucket: string; prefix: string; endpoint: string | null; region: string }
  | { kind: 'folder'; path: string }
  | { kind: 'list'; url: string };

/** What a server does for a source; `idle`: it waits for its time, or to be asked. */
export type SourceWork = 'idle' | 'listing' | 'taking';

/**
 * What becomes of an object. `new` was never taken, `changed` is another one than was taken, `vanished` was taken and
 * is there no more, `failed` could not be taken; `table` is a label file and `other` nothing that is read.
 */
export const OBJECT_STATES = ['new', 'taken', 'changed', 'vanished', 'failed', 'table', 'other'] as const;
export type ObjectState = (typeof OBJECT_STATES)[number];

export const SOURCE_LIMITS = {
  /** Of a project. */
  sources: 50,
  /** Objects of one source. */
  objects: 200_000,
  /** UTF-8 bytes of a name by which an object is kept. */
  keyBytes: 2000,
  /** Bytes of a list of addresses. */
  listBytes: 64 * 2 ** 20,
} as const;

/** Images kept in mind that an object was before, until somebody settles them; of more the newest. */
export const REPLACED_MOST = 100;

/**
 * Tries for a place that does not answer, a minute apart, then two, four, at last an hour, about a day in all; then the
 * source rests until it is asked or due again.
 */
export const MISSES_MOST = 30;

/** Objects that are found, written or taken at a time. */
export const SOURCE_PAGE = 1000;

/** What an object of a bucket or folder is by its name; what a list names is always taken for an image. */
export const stateByName = (name: string): 'new' | 'table' | 'other' =>
  isLabelFile(name) ? 'table' : IMAGE_NAME.test(name) ? 'new' : 'other';

/**
 * What an object of a bucket is called: from the last folder of the prefix on, so that folders below are classes.
 *
 * @example
 *   nameBelow('birds/2026/', 'birds/2026/owl/1.jpg'); // 'owl/1.jpg'
 */
export const nameBelow = (prefix: string, key: string): string => key.slice(prefix.lastIndexOf('/') + 1);

/** A source's place as people write it. */
export function describePlace(place: SourcePlace): string {
  switch (place.kind) {
    case 'bucket':
      return `s3://${place.bucket}/${place.prefix}`;
    case 'folder':
      return place.path;
    case 'list':
      return place.url;
  }
}
