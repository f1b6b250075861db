import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { isLabelFile } from '#core/formats/import.ts';
import { IMAGE_NAME, NOT_AN_IMAGE } from '#core/image/image-files.ts';
import type { importBucket as schema } from '#core/schemas/import.ts';
import type { BucketObject, BucketSource } from '#db/blobs/s3-source.ts';
import { insertImport, listImports, setImport } from '#db/queries/image/image.ts';
import { beatImport, failImport } from '#db/queries/image/import.ts';
import type { Actor, Services } from '../../context.ts';
import { errorName, troubleOfBucket } from '../../net/bucket-trouble.ts';
import { fetchAhead } from '../../net/fetch-ahead.ts';
import { checkBucket, openSafeBucket } from '../../net/open-safe-bucket.ts';
import type { SafeAgentOptions } from '../../net/safe-agents.ts';
import { endImport } from './end-import.ts';
import { importImages } from './import-images.ts';
import type { ImportFile, ImportTarget } from './import-images.ts';
import { addClasses } from '../project/add-classes.ts';
import { ARCHIVE_LIMITS, IGNORED_NAME } from './read-archive.ts';
import { readArchiveAside } from './read-aside.ts';
import { NO_LABEL } from '#core/proposal/label-book.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';

type BucketImport = z.infer<typeof schema>;
type Incoming = ImportFile | { name: string; error: AppError };

const BEAT_MS = 15_000;

/** Thrown inside to leave a loop when somebody has closed the import. */
class Closed extends Error {}

/**
 * Imports every image below a prefix of a bucket, in the background: answers at once with the import, whose counts are
 * announced as for an upload. The keys live as long as the import does, in memory alone.
 * @throws AppError BAD_INPUT for an address that may not be reached, CONFLICT while another one runs in the project
 */
export async function importBucket(
  services: Services,
  actor: Actor,
  project: { id: string; settings: ImportTarget['settings'] },
  input: BucketImport,
  net: SafeAgentOptions = {},
): Promise<{ importId: string; finished: Promise<void> }> {
  const options: SafeAgentOptions = {
    ...(services.env.PUPIL_PRIVATE_S3 === '1' ? { isAllowed: () => true } : {}),
    ...net,
  };
  checkBucket(input, options);
  const running = (await listImports(services.db, project.id)).some(
    ({ source, status }) => source === 'bucket' && status === 'running',
  );
  if (running) throw new AppError('CONFLICT', say('refusal.bucketUnderWay'));
  const row = await insertImport(services.db, {
    projectId: project.id,
    createdBy: actor.memberId,
    source: 'bucket',
    name: `s3://${input.bucket}/${input.prefix}`.slice(0, 200),
    total: null,
  });
  const target: ImportTarget = {
    importId: row.id,
    projectId: project.id,
    memberId: actor.memberId,
    settings: project.settings,
    seed: project.id,
  };
  return { importId: row.id, finished: work(services, actor, target, input, options) };
}

/** Never rejects: what went wrong stands with the import. */
async function work(
  services: Services,
  actor: Actor,
  target: ImportTarget,
  input: BucketImport,
  options: SafeAgentOptions,
): Promise<void> {
  const { importId, projectId } = target;
  let open = true;
  const beat = setInterval(
    () =>
      void beatImport(services.db, importId).then(
        (running) => {
          open = running;
        },
        () => undefined,
      ),
    BEAT_MS,
  );
  let bucket: BucketSource | null = null;
  try {
    const { accessKeyId, secretAccessKey } = input;
    bucket = await openSafeBucket(
      input,
      accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
      options,
    );
    const found = await listObjects(bucket, input.prefix);
    const labels = input.folderLabels
      ? await readArchiveAside(
          found.images.map(({ name }) => name),
          await readLabelBytes(bucket, found.labelFiles),
        )
      : null;
    if (labels) {
      found.refused.push(...labels.refused);
      const classes = labels.proposal.classes.map(({ name }) => name);
      await services.db.transaction((tx) => addClasses(tx, projectId, classes));
    }
    await setImport(services.db, importId, { total: found.images.length + found.refused.length });
    await importImages(
      services,
      target,
      readObjects(bucket, found, labels?.find ?? null, () => open),
    );
    await endImport(services, actor, { projectId, importId });
  } catch (error) {
    if (error instanceof Closed) return;
    // Of the library's errors only the name: its message may hold what was sent.
    if (!(error instanceof AppError))
      services.log.warn({ importId, reason: errorName(error) }, 'an import from a bucket failed');
    const { message, said } = troubleOfBucket(error);
    await failImport(services.db, { importId, message, said: said ?? undefined }).catch((failed: unknown) =>
      services.log.warn({ err: failed }, 'an import could not be ended'),
    );
  } finally {
    clearInterval(beat);
    bucket?.close();
  }
}

interface Named extends BucketObject {
  name: string;
}

async function listObjects(bucket: BucketSource, prefix: string) {
  const images: Named[] = [];
  const labelFiles: Named[] = [];
  const refused: { name: string; error: AppError }[] = [];
  // Names begin after the folder that was asked for, so that the folders below it are the classes.
  const cut = prefix.lastIndexOf('/') + 1;
  let [total, seen] = [0, 0];
  for await (const object of bucket.list(prefix)) {
    seen += 1;
    if (seen > ARCHIVE_LIMITS.entries * 2) throw new AppError('TOO_LARGE', say('refusal.manyBelowPrefix'));
    const name = object.key.slice(cut);
    if (name === '' || name.endsWith('/') || IGNORED_NAME.test(name)) continue;
    if (images.length + refused.length >= ARCHIVE_LIMITS.entries)
      throw new AppError('TOO_LARGE', say('refusal.moreBelowPrefix', { most: ARCHIVE_LIMITS.entries }));
    total += object.size;
    if (total > ARCHIVE_LIMITS.totalBytes) throw new AppError('TOO_LARGE', say('refusal.bytesBelowPrefix'));
    if (isLabelFile(name)) labelFiles.push({ ...object, name });
    else if (!IMAGE_NAME.test(name))
      refused.push({
        name: name.slice(0, 200),
        error: new AppError('UNREADABLE_IMAGE', NOT_AN_IMAGE),
      });
    else images.push({ ...object, name });
  }
  if (images.length === 0) throw new AppError('BAD_INPUT', say('refusal.noneBelowPrefix'));
  return { images, labelFiles, refused };
}

async function readLabelBytes(
  bucket: BucketSource,
  files: readonly Named[],
): Promise<{ path: string; bytes: Uint8Array }[]> {
  if (files.reduce((sum, { size }) => sum + size, 0) > ARCHIVE_LIMITS.labelBytes)
    throw new AppError('TOO_LARGE', say('file.bucketLabels'));
  const tables = [];
  for (const { key, name } of files)
    tables.push({ path: name, bytes: await bucket.get(key, ARCHIVE_LIMITS.labelBytes) });
  return tables;
}

/** Files in their order, a few fetched ahead; one that cannot be fetched is named and the rest go on. */
async function* readObjects(
  bucket: BucketSource,
  { images, refused }: { images: readonly Named[]; refused: { name: string; error: AppError }[] },
  labels: ((path: string) => FileLabel | null) | null,
  isOpen: () => boolean,
): AsyncGenerator<Incoming> {
  yield* refused;
  const fetchOne = async ({ key, name }: Named): Promise<Incoming> => {
    try {
      const label = labels?.(name);
      return {
        name,
        bytes: await bucket.get(key, ARCHIVE_LIMITS.entryBytes),
        ...(label ?? NO_LABEL),
      };
    } catch (error) {
      return {
        name: name.slice(0, 200),
        error:
          error instanceof AppError ? error : new AppError('BAD_INPUT', say('file.bucketNoFile'), { cause: error }),
      };
    }
  };
  for await (const incoming of fetchAhead(images, fetchOne)) {
    if (!isOpen()) throw new Closed();
    yield incoming;
  }
}
