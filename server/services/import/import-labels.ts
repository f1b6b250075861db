import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { createFileFinder, namesOf } from '#core/formats/names.ts';
import type { ImportedRow } from '#core/formats/types.ts';
import { labelOf } from '#core/proposal/label-book.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { inEnglish } from '#core/text/in-english.ts';
import type { Said } from '#core/text/said.ts';
import type { FileLine } from '#db/schema/project.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Db } from '#db/client.ts';
import { lockImages } from '#db/queries/labeling/annotation.ts';
import { bumpImport, listImageNames, listImagesByName, setImport } from '#db/queries/image/image.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeFetchOptions } from '../../net/safe-fetch.ts';
import { retryOnRace } from '../labeling/retry-on-race.ts';
import { addClasses } from '../project/add-classes.ts';
import { importImages } from './import-images.ts';
import type { ImportFile, ImportTarget } from './import-images.ts';
import { openRows } from './read-aside.ts';
import { writeLabels } from './write-labels.ts';

/** Bytes of a picture that an address gives. */
export const IMAGE_BYTES = 64 * 2 ** 20;
/** Names that are held to be found in another spelling; where a project has more, the first ones. */
const NAMES_MOST = 300_000;
/** Addresses fetched in one import; more should come as a zip. */
const ADDRESSES_MAX = 10_000;

/**
 * Takes a label file without images: rows that name images of the project become annotations, rows with addresses are
 * fetched.
 * @throws AppError BAD_INPUT with what is wrong with the file
 */
export async function importLabels(
  services: { db: Db; blobs: BlobStore },
  target: ImportTarget,
  file: { name: string; bytes: Uint8Array },
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> = {},
): Promise<void> {
  const read = await openRows(file.name, file.bytes);
  try {
    await takeRows(services, target, file.name, read);
  } finally {
    read.close();
  }
  if (read.addresses.length > 0) await importImages(services, target, fetchAll(read.addresses, net));
}

async function takeRows(
  { db }: { db: Db },
  target: ImportTarget,
  name: string,
  { problems, classes, addresses, total, pieces }: Awaited<ReturnType<typeof openRows>>,
): Promise<void> {
  await db.transaction((tx) => addClasses(tx, target.projectId, classes));
  if (addresses.length > ADDRESSES_MAX)
    throw new AppError('TOO_LARGE', say('refusal.manyAddresses', { count: addresses.length, most: ADDRESSES_MAX }));
  await setImport(db, target.importId, { total: total + problems.length });
  if (problems.length > 0) {
    await bumpImport(db, target.importId, {
      newBySplit: {},
      duplicates: 0,
      labeledByClass: {},
      bytes: 0,
      errors: problems.map(({ where, ...why }) => ({ file: `${name} ${where}`, ...why })),
    });
  }
  await labelNamed(db, target, pieces);
}

interface NamedImage {
  id: string;
  fileName: string;
}
interface NameIndex {
  find: ReturnType<typeof createFileFinder>;
  ids: ReadonlyMap<string, string>;
}

const indexNames = (images: readonly NamedImage[]): NameIndex => ({
  find: createFileFinder(images.map((item) => item.fileName)),
  ids: new Map(images.map((item) => [item.fileName, item.id])),
});

async function labelNamed(db: Db, target: ImportTarget, pieces: AsyncIterable<ImportedRow[]>): Promise<void> {
  const seen = new Set<string>();
  let whole: NameIndex | null = null;
  /**
   * All names of the project, read once and only if rows name images in another spelling (`000bec` for `000bec.jpg`).
   */
  const loosely = async (some: readonly ImportedRow[], exact: NameIndex) => {
    if (some.every(({ source }) => exact.find(source) !== null)) return null;
    whole ??= indexNames(await listImageNames(db, { projectId: target.projectId, limit: NAMES_MOST }));
    return whole;
  };
  for await (const some of pieces) {
    const found = await listImagesByName(
      db,
      target.projectId,
      some.flatMap((row) => namesOf(row.source)),
    );
    const exact = indexNames(found);
    const { named, errors } = matchRows(some, exact, await loosely(some, exact));
    const fresh = [...named].filter(([imageId]) => !seen.has(imageId)).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [imageId] of fresh) seen.add(imageId);
    await retryOnRace(() =>
      db.transaction(async (tx) => {
        const imageIds = fresh.map(([imageId]) => imageId);
        if (imageIds.length > 0) await lockImages(tx, { projectId: target.projectId, imageIds });
        const labeledByClass = await writeLabels(tx, target, new Map(fresh));
        await bumpImport(tx, target.importId, {
          newBySplit: {},
          duplicates: fresh.length,
          labeledByClass,
          bytes: 0,
          errors,
        });
      }),
    );
  }
}

/**
 * Which image each row means: the one of exactly this name, else the only one whose name ends so. Several answers of
 * one image are settled by the most; where they tie the image is named.
 */
function matchRows(rows: readonly ImportedRow[], exact: NameIndex, all: NameIndex | null) {
  const said = new Map<string, ImportedRow[]>();
  const errors: FileLine[] = [];
  const refuse = (file: string, said: Said) => errors.push({ file, message: inEnglish(said), said });
  for (const row of rows) {
    const { source } = row;
    const match = exact.find(source) ?? all?.find(source);
    const imageId = exact.ids.get(match?.path ?? '') ?? all?.ids.get(match?.path ?? '');
    if (imageId) said.set(imageId, [...(said.get(imageId) ?? []), row]);
    else refuse(source.slice(0, 200), say(match ? 'file.severalOfName' : 'file.noneOfName'));
  }
  const named = new Map<string, FileLabel>();
  for (const [imageId, answers] of said) {
    const label = labelOf(answers);
    named.set(imageId, label);
    if (label.className === null && answers.some((row) => row.className !== null && row.by !== 'model')) {
      refuse(answers[0]?.source.slice(0, 200) ?? '', say('file.disagree', { count: answers.length }));
    }
  }
  return { named, errors };
}

async function* fetchAll(
  rows: readonly ImportedRow[],
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>,
): AsyncGenerator<ImportFile | { name: string; error: AppError }> {
  for (const row of rows) {
    try {
      const { status, body } = await safeFetch(row.source, { ...net, maxBytes: IMAGE_BYTES, redirects: 3 });
      if (status !== 200) throw new AppError('BAD_INPUT', say('refusal.addressAnswered', { status }));
      yield { name: nameOfAddress(row.source), bytes: body, ...labelOf([row]) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield { name: row.source.slice(0, 200), error };
    }
  }
}

/** What an image is called that comes from an address: the last part of its path. */
export function nameOfAddress(address: string): string {
  const last = new URL(address).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).slice(0, 200) || 'image';
  } catch {
    // A stray % is no reason to refuse the picture.
    return last.slice(0, 200);
  }
}
