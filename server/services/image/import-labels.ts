import { randomUUID } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { readLabelFile } from '#core/formats/import.ts';
import { isUrl } from '#core/formats/names.ts';
import type { ImportedRow } from '#core/formats/types.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Db } from '#db/client.ts';
import { refreshConsensus } from '#db/queries/consensus.ts';
import { bumpImport, insertImportedAnnotations, listImagesByName, setImport } from '#db/queries/image.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeFetchOptions } from '../../net/safe-fetch.ts';
import { addClasses } from '../project/add-classes.ts';
import { importImages } from './import-images.ts';
import type { ImportFile, ImportTarget } from './import-images.ts';
import { makeLabelBook } from './read-labels.ts';

const IMAGE_BYTES = 64 * 2 ** 20;
const CHUNK = 2000;
/** Addresses fetched in one import; more should come as a zip. */
const ADDRESSES_MAX = 10_000;

/**
 * Takes a label file without images: rows that name images of the project become annotations, rows with addresses are fetched.
 * @throws AppError BAD_INPUT with what is wrong with the file
 */
export async function importLabels(
  services: { db: Db; blobs: BlobStore },
  target: ImportTarget,
  file: { name: string; text: string },
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> = {},
): Promise<void> {
  const { rows, problems } = readLabelFile(file.name, file.text);
  const people = rows.filter((row) => row.by === 'human');
  const addresses = people.filter((row) => isUrl(row.source));
  if (addresses.length > ADDRESSES_MAX) throw new AppError('TOO_LARGE', `The file names ${addresses.length} addresses; at most ${ADDRESSES_MAX} are fetched at a time.`);
  await setImport(services.db, target.importId, { total: people.length + problems.length });
  if (problems.length > 0) {
    await bumpImport(services.db, target.importId, {
      imported: 0, duplicates: 0, labeled: 0, bytes: 0, errors: problems.map(({ where, message }) => ({ file: `${file.name} ${where}`, message })),
    });
  }
  await labelNamed(services.db, target, people.filter((row) => !isUrl(row.source)));
  if (addresses.length > 0) await importImages(services, target, fetchAll(addresses, net));
}

async function labelNamed(db: Db, target: ImportTarget, rows: readonly ImportedRow[]): Promise<void> {
  const book = makeLabelBook(rows);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const some = rows.slice(start, start + CHUNK);
    await db.transaction(async (tx) => {
      const found = await listImagesByName(tx, target.projectId, some.map((row) => row.source));
      const classes = await addClasses(tx, target.projectId, some.flatMap((row) => row.className ?? []));
      const classIds = new Map(classes.map((item) => [item.name, item.id]));
      const known = new Set(found.flatMap((image) => [image.fileName, image.baseName]));
      const annotations = found.flatMap((image) => {
        const classId = classIds.get(book.find(image.fileName)?.className ?? '');
        return classId ? [{ id: randomUUID(), projectId: target.projectId, imageId: image.id, memberId: target.memberId, kind: 'decide' as const, classId, source: 'import' as const }] : [];
      });
      await insertImportedAnnotations(tx, annotations);
      await refreshConsensus(tx, { projectId: target.projectId, imageIds: annotations.map((row) => row.imageId) });
      await bumpImport(tx, target.importId, {
        imported: 0, duplicates: found.length, labeled: annotations.length, bytes: 0,
        errors: some.filter((row) => !known.has(row.source) && !known.has(row.source.split('/').at(-1) ?? '')).map((row) => ({ file: row.source.slice(0, 200), message: 'No image of this project has this name.' })),
      });
    });
  }
}

async function* fetchAll(rows: readonly ImportedRow[], net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>): AsyncGenerator<ImportFile | { name: string; error: AppError }> {
  for (const row of rows) {
    try {
      const { status, body } = await safeFetch(row.source, { ...net, maxBytes: IMAGE_BYTES, redirects: 3 });
      if (status !== 200) throw new AppError('BAD_INPUT', `The address answered with ${status}.`);
      yield { name: nameOf(row.source), bytes: body, className: row.className, split: row.split };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield { name: row.source.slice(0, 200), error };
    }
  }
}

const nameOf = (address: string): string => decodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '').slice(0, 200) || 'image';
