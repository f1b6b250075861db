import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { runTitle } from '#core/book/run-book.ts';
import { LABEL_FORMATS, writeLabelFile, type ExportFormat } from '#core/export/export.ts';
import type { ExportContext } from '#core/formats/types.ts';
import { extensionOf } from '#core/image/image-files.ts';
import { imageKey, originalKey } from '#core/image/media.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getProjectRound } from '#db/queries/round/round-read.ts';
import { listLabeledImages } from '#db/queries/export/export.ts';
import type { LabeledPage } from '#db/queries/export/export.ts';
import { getSnapshot } from '#db/queries/export/snapshot.ts';
import { listClasses } from '#db/queries/project/project.ts';
import type { Actor, Services } from '../../context.ts';
import { fileBase } from './file-base.ts';
import { zipStream } from './zip-stream.ts';
import type { ZipEntry } from './zip-stream.ts';

const PAGE = 1000;

export interface LabelsRequest {
  project: { id: string; name: string };
  format: ExportFormat;
  /** Each person's answer beside the consensus. */
  annotators: boolean;
  /** This round answers where no person did. */
  roundId: string | null;
  /** Images without any label too. */
  unlabeled?: boolean;
  /** Images leave as they came, where the project kept the files. */
  originals?: boolean;
  /** What this snapshot froze, instead of what stands. */
  snapshotId?: string | null;
  /** CSV begins with a byte order mark. */
  bom?: boolean;
}

export interface LabelsDownload {
  fileName: string;
  contentType: string;
  stream: Readable;
}

/**
 * Opens a download of all labels. It streams from the database and the blob store: memory stays small whatever the
 * size.
 */
export async function openLabels(
  services: Services,
  actor: Actor,
  request: LabelsRequest,
  now: Date,
): Promise<LabelsDownload> {
  const { db } = services;
  const { project, format } = request;
  const classes = await listClasses(db, project.id);
  const { snapshotId = null } = request;
  const frozen = snapshotId === null ? null : await getSnapshot(db, { projectId: project.id, snapshotId });
  const found = request.roundId === null ? null : await getProjectRound(db, project.id, request.roundId);
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  const round = found && {
    id: found.id,
    run: runTitle({ number: found.runNumber, name: found.runName }).replace('Run', 'run'),
    index: found.index,
    classNames: found.classIds.map((id) => names.get(id) ?? id),
  };
  const context: ExportContext = {
    project: project.name,
    classes: [...new Set([...names.values(), ...(round?.classNames ?? [])])],
    annotators: request.annotators,
    bom: request.bom ?? false,
    exportedAt: now.toISOString(),
    imageExtension: '.webp',
  };
  await recordActivity(db, {
    organizationId: actor.organizationId,
    projectId: project.id,
    memberId: actor.memberId,
    action: 'export:created',
    subject: 'Labels',
    detail: { format, roundId: request.roundId },
  });
  const pages = (): AsyncGenerator<StoredImage> =>
    readImages(services, request.originals ?? false, {
      projectId: project.id,
      snapshotId,
      // What single people and rounds say, a snapshot does not hold.
      annotators: frozen === null && request.annotators,
      unlabeled: frozen === null && (request.unlabeled ?? false),
      round: frozen === null ? round : null,
    });
  const { files, imagePath } = LABEL_FORMATS[format];
  const base = `${fileBase(frozen === null ? project.name : `${project.name} ${frozen.name}`)}-labels`;
  const [only] = files;
  if (imagePath === null && only !== undefined && files.length === 1) {
    return {
      fileName: `${base}.${only.path.split('.').at(-1)}`,
      contentType: only.contentType,
      stream: Readable.from(writeLabelFile(only, context, pages())),
    };
  }
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    for (const file of files)
      yield { path: file.path, compress: true, body: Readable.from(writeLabelFile(file, context, pages())) };
    if (imagePath === null) return;
    for await (const image of pages()) {
      yield {
        path: imagePath(image, context),
        compress: false,
        body: Readable.from(readImage(services, project.id, image)),
      };
    }
  };
  return { fileName: `${base}-${format}.zip`, contentType: 'application/zip', stream: zipStream(entries(), now) };
}

type StoredImage = LabeledPage['images'][number];

/**
 * Opens the blob when the first byte is wanted. An original is sent whole and unchanged, or breaks the download: what
 * leaves is what was decoded when it came.
 */
async function* readImage({ blobs }: Services, projectId: string, image: StoredImage): AsyncGenerator<Buffer> {
  const sha256 = image.extension === undefined ? null : image.originalSha256;
  const key = sha256 === null ? imageKey(projectId, image.contentHash) : originalKey(projectId, sha256);
  const hash = createHash('sha256');
  for await (const chunk of await blobs.stream(key)) {
    if (sha256 !== null) hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (sha256 !== null && hash.digest('hex') !== sha256) throw new Error(`the original ${sha256} has changed`);
}

async function* readImages(
  services: Services,
  originals: boolean,
  params: Omit<Parameters<typeof listLabeledImages>[1], 'after' | 'limit'>,
): AsyncGenerator<StoredImage> {
  const read = (after: string | null): Promise<LabeledPage> => {
    const page = listLabeledImages(services.db, { ...params, after, limit: PAGE });
    // Whoever stops reading does not wait for it.
    page.catch(() => undefined);
    return page;
  };
  // The next page is fetched while this one is written.
  for (let coming: Promise<LabeledPage> | null = read(null); coming !== null;) {
    const page: LabeledPage = await coming;
    coming = page.next === null ? null : read(page.next);
    for (const image of page.images)
      yield originals && image.originalSha256 !== null ? { ...image, extension: extensionOf(image.fileName) } : image;
  }
}
