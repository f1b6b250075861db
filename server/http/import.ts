import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { parseJson } from '#core/parse-json.ts';
import type { LayoutId } from '#core/proposal/propose.ts';
import { importFile, saidOfImage } from '#core/schemas/import.ts';
import { className } from '#core/schemas/project.ts';
import { saidOfInput } from '#core/schemas/said-of-input.ts';
import type { Db } from '#db/client.ts';
import { getImport, setImport } from '#db/queries/image/image.ts';
import { beatImport } from '#db/queries/image/import.ts';
import type { Services } from '../context.ts';
import { importImages } from '../services/import/import-images.ts';
import type { ImportFile, ImportTarget } from '../services/import/import-images.ts';
import { importLabels } from '../services/import/import-labels.ts';
import { openParcel } from '../services/import/parcel/open-parcel.ts';
import { ARCHIVE_LIMITS, openArchive } from '../services/import/read-archive.ts';
import type { ArchiveReading } from '../services/import/read-labels.ts';
import { readContext } from '../services/import/propose-import.ts';
import { addClasses } from '../services/project/add-classes.ts';
import { uploadFolder } from '../services/upkeep/run-upkeep.ts';
import { authorizeProject } from './authorize.ts';
import { sendJson } from './respond.ts';
import { receiveFile, withBody } from './upload/receive.ts';

const ZIP_BYTES = 8 * 2 ** 30;
const LABEL_BYTES = 128 * 2 ** 20;
/** A parcel is small as programs and pages make them; nothing forbids a larger one. */
const PARCEL_BYTES = 64 * 2 ** 20;
const BEAT_MS = 60_000;

const namesInput = z.record(className, className.nullable());

/**
 * PUT /api/projects/:projectId/imports/:importId/file?name=&kind=zip|image|images|labels — the body is the file,
 * streamed to disk (zip) or held (the others); `images` is a parcel of them. Answers with the import's counts once
 * everything in it has been taken. With `dryRun=1` a zip is read and told as a proposal, and nothing is stored; any
 * word stands for the import then.
 */
export async function handleImport(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  params: { projectId: string; importId: string; query: URLSearchParams },
): Promise<void> {
  const { actor, project } = await authorizeProject(services, req, params.projectId, 'image:import');
  const parsed = importFile.safeParse(Object.fromEntries(params.query));
  if (!parsed.success) throw new AppError('BAD_INPUT', saidOfInput(parsed.error));
  const query = parsed.data;
  if (query.dryRun === '1') {
    if (query.kind !== 'zip') throw new AppError('BAD_INPUT', say('refusal.proposeZip'));
    const reading = await readingOf(services.db, project.id, query);
    const answer = await withArchive(services, req, { folderLabels: true, reading }, ({ proposal, refused }) =>
      Promise.resolve({ proposal, refused: { count: refused.length, some: refused.slice(0, 20) } }),
    );
    sendJson(res, 200, answer);
    return;
  }
  if (!z.uuid().safeParse(params.importId).success) throw new AppError('BAD_INPUT', say('refusal.importId'));
  const row = await getImport(services.db, project.id, params.importId);
  if (row.status !== 'running') throw new AppError('CONFLICT', say('refusal.importEnded'));
  const target: ImportTarget = {
    importId: row.id,
    projectId: project.id,
    memberId: actor.memberId,
    settings: project.settings,
    seed: project.id,
  };
  // A large zip is received for longer than an import may lie still.
  const beat = setInterval(() => void beatImport(services.db, row.id).catch(() => undefined), BEAT_MS);
  try {
    await takeFile(services, req, target, query);
  } finally {
    clearInterval(beat);
  }
  sendJson(res, 200, await getImport(services.db, project.id, row.id));
}

async function takeFile(
  services: Services,
  req: IncomingMessage,
  target: ImportTarget,
  query: z.infer<typeof importFile>,
): Promise<void> {
  if (query.kind === 'image') {
    const { name, className: named = null, split = null } = query;
    const more = saidOfImage.safeParse(parseJson(query.said));
    if (!more.success) throw new AppError('BAD_INPUT', say('refusal.imageSaid'));
    await withBody(req, ARCHIVE_LIMITS.entryBytes, (bytes) =>
      importImages(services, target, each([{ name, bytes, className: named, split, ...more.data }])),
    );
  } else if (query.kind === 'images') {
    await withBody(req, PARCEL_BYTES, (bytes) => importImages(services, target, each(openParcel(bytes))));
  } else if (query.kind === 'labels') {
    await withBody(req, LABEL_BYTES, (bytes) => importLabels(services, target, { name: query.name, bytes }));
  } else {
    const reading = await readingOf(services.db, target.projectId, query);
    await withArchive(services, req, { folderLabels: query.folderLabels === '1', reading }, async (archive) => {
      const { total } = await getImport(services.db, target.projectId, target.importId);
      await setImport(services.db, target.importId, { total: (total ?? 0) + archive.total });
      // All at once and in the order that was proposed: a class's key is not left to which image came first.
      const classes = archive.proposal.classes.map((one) => one.name);
      await services.db.transaction((tx) => addClasses(tx, target.projectId, classes));
      await importImages(services, target, archive.files);
    });
  }
}

/** How the labels of a zip are read: as its sender chose, or as they are recognised. */
async function readingOf(db: Db, projectId: string, query: z.infer<typeof importFile>): Promise<ArchiveReading> {
  const context = await readContext(db, projectId);
  if (query.folderLabels === '0' && query.dryRun === '0') return { ...context, choice: { layout: 'none', names: {} } };
  const names = namesInput.safeParse(parseJson(query.names ?? '{}'));
  if (!names.success) throw new AppError('BAD_INPUT', say('refusal.classNames'));
  return { ...context, choice: { layout: (query.layout ?? null) as LayoutId | null, names: names.data } };
}

/** Receives a zip, gives it opened to `work`, and lets it go. */
async function withArchive<T>(
  services: Services,
  req: IncomingMessage,
  options: Parameters<typeof openArchive>[1],
  work: (archive: Awaited<ReturnType<typeof openArchive>>) => Promise<T>,
): Promise<T> {
  const folder = uploadFolder(services.env.PUPIL_DATA);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}.zip`);
  try {
    await receiveFile(req, path, ZIP_BYTES);
    const archive = await openArchive(path, options);
    return await work(archive).finally(archive.close);
  } finally {
    await rm(path, { force: true });
  }
}

async function* each(files: readonly ImportFile[]): AsyncGenerator<ImportFile> {
  yield* files;
}
