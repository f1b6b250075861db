import { AppError } from '#core/errors.ts';
import { createBudget } from '#core/budget.ts';
import { imageKey, thumbnailKey } from '#core/image/media.ts';
import { must } from '#core/must.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { ProjectSettings, Split } from '#core/project/project.ts';
import { hashString } from '#core/math/random.ts';
import { sumOf, tallyOf } from '#core/math/tally.ts';
import { toStorable } from '#core/text.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { FileLine } from '#db/schema/project.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { bumpImport, insertImages, listKnownHashes, lockImagesByHash } from '#db/queries/image/image.ts';
import { listDeletedByHash, lockForChange } from '#db/queries/image/change.ts';
import { insertLikenesses, lockLikenesses } from '#db/queries/image/likeness.ts';
import { insertLookAlikes } from '#db/queries/image/look-alike.ts';
import { noteOriginals } from '#db/queries/image/original.ts';
import { retryOnRace } from '../labeling/retry-on-race.ts';
import { restoreImages } from '../image/change-images.ts';
import { placeImages } from '../image/place-images.ts';
import type { Place } from '../image/place-images.ts';
import { processImage } from '../image/process-image.ts';
import type { ProcessedImage } from '../image/process-image.ts';
import { keepOriginals } from './keep-originals.ts';
import { writeLabels } from './write-labels.ts';

export interface ImportFile extends FileLabel {
  name: string;
  bytes: Uint8Array;
  /** What it is called where it comes from, for `noteTried`. */
  key?: string;
}
/** A file that cannot be taken, and why. */
export interface RefusedFile {
  name: string;
  error: AppError;
  key?: string;
}

/** What came of files that have a key: the image of each, or why there is none. */
export interface Tried {
  taken: { key: string; contentHash: string }[];
  failed: { key: string; message: string; said: Said | null }[];
}

export interface ImportTarget {
  importId: string;
  projectId: string;
  memberId: string;
  settings: Pick<ProjectSettings, 'validationShare' | 'testShare' | 'keepOriginals'>;
  /** Seed of the split draw: one for all imports of a project, so that look-alikes of two imports fall on one side. */
  seed: number | string;
  /** Writes down what came of files, in the transaction that stores their images. */
  noteTried?: (tx: Db, tried: Tried) => Promise<void>;
}

interface Failure extends FileLine {
  key?: string;
}

interface Taken {
  file: ImportFile;
  image: ProcessedImage;
}

/** Images written in one transaction, and decoded side by side. */
const BATCH = 96;
/** Bytes of files that a batch holds before it is written, however few they are. */
const BATCH_BYTES = 32 * 2 ** 20;
const SIDE_BY_SIDE = 6;
/**
 * Bytes of files held by all imports of this server together. Each asks for one batch at a time, and one file may be as
 * large again, so that it is some five at once; the others wait their turn.
 */
const held = createBudget(512 * 2 ** 20);
const BATCH_GRANT = BATCH_BYTES + 64 * 2 ** 20;

/**
 * Takes files into a project, in batches: a file that cannot be taken is named with its reason and the rest go on.
 * Running it again over the same files adds nothing.
 * @param onProgress called after every batch with the import's row
 */
export async function importImages(
  services: { db: Db; blobs: BlobStore },
  target: ImportTarget,
  files: AsyncIterable<ImportFile | RefusedFile>,
): Promise<void> {
  let batch: ImportFile[] = [];
  let bytes = 0;
  let errors: Failure[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length + errors.length === 0) return;
    const now = { batch, errors };
    batch = [];
    bytes = 0;
    errors = [];
    await importBatch(services, target, now.batch, now.errors);
  };
  let free = await held.take(BATCH_GRANT);
  try {
    for await (const file of files) {
      if ('error' in file) errors.push(failureOf(file, file.error));
      else {
        batch.push(file);
        bytes += file.bytes.length;
      }
      if (batch.length >= BATCH || errors.length >= BATCH || bytes >= BATCH_BYTES) {
        await flush();
        free();
        free = await held.take(BATCH_GRANT);
      }
    }
    await flush();
  } catch (error) {
    // What came before the place of the files stopped answering counts.
    if (error instanceof AppError) await flush();
    throw error;
  } finally {
    free();
  }
}

async function importBatch(
  services: { db: Db; blobs: BlobStore },
  target: ImportTarget,
  batch: ImportFile[],
  failures: Failure[],
): Promise<void> {
  const { projectId, importId } = target;
  const errors = [...failures];
  const taken = await decodeAll(batch, errors);
  await inGroups(taken, SIDE_BY_SIDE, async ({ image }) => {
    await services.blobs.put(imageKey(projectId, image.contentHash), image.full);
    if (image.thumbnail) await services.blobs.put(thumbnailKey(projectId, image.contentHash), image.thumbnail);
  });
  const originals = target.settings.keepOriginals
    ? await keepOriginals(
        services,
        projectId,
        taken.map(({ file, image }) => ({ contentHash: image.contentHash, bytes: file.bytes })),
      )
    : [];
  await retryOnRace(() =>
    services.db.transaction(async (tx) => {
      // In the order of content: two imports of the same images wait for each other instead of crosswise.
      const byHash = new Map(
        taken.map((item) => [item.image.contentHash, item] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
      );
      const newBySplit = await insertNew(tx, target, [...byHash.values()]);
      const labeledByClass = await labelImported(tx, target, byHash);
      await noteOriginals(tx, projectId, originals);
      await target.noteTried?.(tx, triedOf(taken, errors));
      const row = await bumpImport(tx, importId, {
        newBySplit,
        duplicates: taken.length - sumOf(newBySplit),
        labeledByClass,
        bytes: batch.reduce((sum, file) => sum + file.bytes.length, 0),
        errors,
        notes: taken.flatMap(({ file, image }) => (image.frames > 1 ? [noteFrames(file.name, image.frames)] : [])),
      });
      await notify(tx, {
        name: 'image:imported',
        projectId,
        importId,
        done: row.imported + row.duplicates,
        failed: row.failed,
        total: row.total,
      });
    }),
  );
}

const failureOf = ({ name, key }: { name: string; key?: string }, { message, said }: AppError): Failure => ({
  file: name,
  message,
  said,
  ...(key === undefined ? {} : { key }),
});

const triedOf = (taken: readonly Taken[], errors: readonly Failure[]): Tried => ({
  taken: taken.flatMap(({ file: { key }, image: { contentHash } }) =>
    key === undefined ? [] : [{ key, contentHash }],
  ),
  failed: errors.flatMap(({ key, message, said = null }) => (key === undefined ? [] : [{ key, message, said }])),
});

function noteFrames(file: string, count: number): FileLine {
  const said = say('file.frames', { count });
  return { file, message: inEnglish(said), said };
}

async function decodeAll(batch: ImportFile[], errors: Failure[]): Promise<Taken[]> {
  const taken: Taken[] = [];
  await inGroups(batch, SIDE_BY_SIDE, async (file) => {
    try {
      taken.push({ file, image: await processImage(file.bytes) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      errors.push(failureOf(file, error));
    }
  });
  return taken;
}

/**
 * Puts what the project does not hold yet into it, each with its split, its likeness, and what on the other side looks
 * like it. Tells how many by split.
 */
async function insertNew(
  db: Db,
  target: ImportTarget,
  items: readonly Taken[],
): Promise<Partial<Record<Split, number>>> {
  const { projectId } = target;
  await lockLikenesses(db, projectId);
  const hashes = items.map(({ image }) => image.contentHash);
  await bringBack(db, projectId, hashes);
  const known = await listKnownHashes(db, projectId, hashes);
  const fresh = items.filter(({ image }) => !known.has(image.contentHash));
  const places = await placeImages(
    db,
    target,
    fresh.map(({ image, file }) => ({ contentHash: image.contentHash, likeness: image.likeness, named: file.split })),
  );
  const placed = fresh.flatMap((item, position) => (places[position] ? [{ ...item, place: places[position] }] : []));
  await insertImages(
    db,
    placed.map(({ place, ...item }) => toRow(target, item, place)),
  );
  await insertLikenesses(
    db,
    placed.flatMap(({ image, place }) =>
      image.likeness ? [{ imageId: place.id, projectId, followed: place.followed, ...image.likeness }] : [],
    ),
  );
  await insertLookAlikes(
    db,
    places.flatMap(({ pairs }) => pairs.map((pair) => ({ projectId, ...pair }))),
  );
  return tallyOf(placed.map(({ place }) => place.split));
}

/** A deleted image that comes again is back as it was (IMAGE-20). */
async function bringBack(db: Db, projectId: string, hashes: readonly string[]): Promise<void> {
  const imageIds = await listDeletedByHash(db, projectId, hashes);
  if (imageIds.length === 0) return;
  const images = await lockForChange(db, { projectId, imageIds });
  await restoreImages(
    db,
    projectId,
    images.flatMap(({ id, split }) => (split ? [{ id, split }] : [])),
  );
}

const toRow = (target: ImportTarget, { file, image }: Taken, { id, split }: Place) => ({
  id,
  projectId: target.projectId,
  importId: target.importId,
  contentHash: image.contentHash,
  fileName: toStorable(file.name.slice(-500)),
  width: image.width,
  height: image.height,
  channels: image.channels,
  bytes: image.full.length,
  split,
  shuffle: hashString(`${target.seed}:order:${image.contentHash}`) / 4294967296,
});

/** Writes the labels and tags that came with the files. Tells how many more images that labels, by class id. */
async function labelImported(
  db: Db,
  target: ImportTarget,
  byHash: Map<string, Taken>,
): Promise<Partial<Record<string, number>>> {
  const named = [...byHash.values()].filter(
    ({ file: { className, tags, answers } }) => className !== null || tags || answers,
  );
  if (named.length === 0) return {};
  const images = await lockImagesByHash(
    db,
    target.projectId,
    named.map((item) => item.image.contentHash),
  );
  return writeLabels(
    db,
    target,
    new Map(images.map(({ id, contentHash }) => [id, must(byHash, contentHash, 'imported image').file])),
  );
}

/** Runs `work` over all items, at most `width` at once. */
async function inGroups<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const run = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, run));
}
