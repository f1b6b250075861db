import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { imageKey, originalKey, thumbnailKey } from '#core/image/media.ts';
import { must } from '#core/must.ts';
import { tallyOf } from '#core/math/tally.ts';
import type { restoreSnapshot as schema } from '#core/schemas/export.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { FileLine } from '#db/schema/project.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { getSnapshot, listSnapshotImages } from '#db/queries/export/snapshot.ts';
import { addTags } from '#db/queries/image/change.ts';
import {
  bumpImport,
  getImport,
  insertImages,
  insertImport,
  insertImportedAnnotations,
} from '#db/queries/image/image.ts';
import { beatImport, failImport } from '#db/queries/image/import.ts';
import { insertLikenesses, lockLikenesses } from '#db/queries/image/likeness.ts';
import { refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { addProjects } from '#db/queries/people/project-scope.ts';
import { insertClasses, insertProject, listClasses } from '#db/queries/project/project.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor, Services } from '../../context.ts';
import { pairMoved } from '../image/pair-moved.ts';
import { endImport } from '../import/end-import.ts';

const LOST = say('file.lost');

/** Images copied in one transaction. */
const CHUNK = 200;
const SIDE_BY_SIDE = 8;
/** Between two signs of life of a restore, ms. */
const BEAT_MS = 15_000;

type Frozen = Awaited<ReturnType<typeof listSnapshotImages>>[number];

/**
 * Makes a project of what a snapshot froze: its images with their splits, labels and tags, the classes of today with
 * their looks, the settings of the project that it came from. Answers at once; the images come as an import of the new
 * project, with its progress. A label is the restoring member's, so one answer settles an image there.
 * @throws AppError NOT_FOUND
 */
export async function restoreSnapshot(
  services: Services,
  actor: Actor,
  source: typeof projectTable.$inferSelect,
  { snapshotId, name }: z.infer<typeof schema>,
): Promise<{ projectId: string; importId: string; finished: Promise<void> }> {
  const frozen = await getSnapshot(services.db, { projectId: source.id, snapshotId });
  const made = await services.db.transaction(async (tx) => {
    const settings = { ...source.settings, overlap: 1 };
    const project = await insertProject(tx, {
      organizationId: actor.organizationId,
      name,
      description: `From the snapshot "${frozen.name}" of ${source.name}.`,
      settings,
      overlap: 1,
      createdBy: actor.memberId,
    });
    if (!actor.allProjects) await addProjects(tx, { memberId: actor.memberId, projectIds: [project.id] });
    const classes = await listClasses(tx, source.id);
    const copies = await insertClasses(
      tx,
      classes.map((one) => ({
        projectId: project.id,
        name: one.name,
        colour: one.colour,
        hotkey: one.hotkey,
        position: one.position,
        description: one.description,
        descriptionIn: one.descriptionIn,
      })),
    );
    const byName = new Map(copies.map((one) => [one.name, one.id]));
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: project.id,
      memberId: actor.memberId,
      action: 'project:created',
      subject: name,
    });
    const { id: importId } = await insertImport(tx, {
      projectId: project.id,
      createdBy: actor.memberId,
      source: 'snapshot',
      name: `Snapshot ${frozen.name}`,
      total: frozen.count,
    });
    return {
      projectId: project.id,
      importId,
      classOf: new Map(classes.map((one) => [one.id, must(byName, one.name, 'class')])),
    };
  });
  const target = { ...made, sourceId: source.id, snapshotId, memberId: actor.memberId };
  return { projectId: made.projectId, importId: made.importId, finished: copyAll(services, actor, target) };
}

interface Target {
  projectId: string;
  importId: string;
  sourceId: string;
  snapshotId: string;
  memberId: string;
  /** The new class of each of the source's. */
  classOf: ReadonlyMap<string, string>;
}

/** Never rejects: what went wrong stands with the import. */
async function copyAll(services: Services, actor: Actor, target: Target): Promise<void> {
  const { db } = services;
  const { projectId, importId, snapshotId } = target;
  // Files may be large and storage slow: without a sign of life upkeep would take it for one of a server that died.
  const beat = setInterval(() => void beatImport(db, importId).catch(() => undefined), BEAT_MS);
  try {
    for (let after: string | null = null; ;) {
      if ((await getImport(db, projectId, importId)).status !== 'running') return;
      const items: Frozen[] = await listSnapshotImages(db, { snapshotId, after, limit: CHUNK });
      if (items.length > 0) await copySome(services, target, items);
      after = items.at(-1)?.image.id ?? null;
      if (items.length < CHUNK) break;
    }
    await endImport(services, actor, { projectId, importId });
  } catch (error) {
    services.log.warn({ err: error, importId }, 'a snapshot could not be restored');
    const message =
      error instanceof AppError
        ? error.message
        : 'The snapshot could not be restored whole. Restore it anew; this project can be archived or deleted.';
    await failImport(db, { importId, message }).catch((failed: unknown) =>
      services.log.warn({ err: failed }, 'an import could not be ended'),
    );
  } finally {
    clearInterval(beat);
  }
}

async function copySome({ db, blobs }: Services, target: Target, items: readonly Frozen[]): Promise<void> {
  const { projectId, importId, sourceId } = target;
  /** False where the file is lost. */
  const copyFile = async (from: string, to: string): Promise<boolean> => {
    const stream = await blobs.stream(from).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    if (stream !== null) await blobs.put(to, stream);
    return stream !== null;
  };
  const queue = [...items];
  const there: Frozen[] = [];
  const errors: FileLine[] = [];
  const copy = async (): Promise<void> => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const { contentHash, originalSha256, fileName } = item.image;
      if (!(await copyFile(imageKey(sourceId, contentHash), imageKey(projectId, contentHash)))) {
        errors.push({ file: fileName, message: inEnglish(LOST), said: LOST });
        continue;
      }
      // A small image is its own thumbnail.
      await copyFile(thumbnailKey(sourceId, contentHash), thumbnailKey(projectId, contentHash));
      const hasOriginal =
        originalSha256 !== null &&
        (await copyFile(originalKey(sourceId, originalSha256), originalKey(projectId, originalSha256)));
      there.push(hasOriginal ? item : { ...item, image: { ...item.image, originalSha256: null, originalBytes: null } });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, copy));
  const copies = there.map((item) => ({ ...item, id: randomUUID() }));
  await db.transaction(async (tx) => {
    const labeledByClass = copies.length > 0 ? await insertCopies(tx, target, copies) : {};
    const row = await bumpImport(tx, importId, {
      newBySplit: tallyOf(copies.map(({ split }) => split)),
      duplicates: 0,
      labeledByClass,
      bytes: copies.reduce((sum, { image }) => sum + image.bytes, 0),
      errors,
    });
    await notify(tx, {
      name: 'image:imported',
      projectId,
      importId,
      done: row.imported,
      failed: row.failed,
      total: row.total,
    });
  });
}

/** Rows of images whose files are there already: likeness, pairs, tags and the label that was frozen. */
async function insertCopies(
  tx: Db,
  { projectId, importId, memberId, classOf }: Target,
  copies: readonly (Frozen & { id: string })[],
): Promise<Partial<Record<string, number>>> {
  await lockLikenesses(tx, projectId);
  await insertImages(
    tx,
    copies.map(({ id, split, image }) => ({
      id,
      projectId,
      importId,
      split,
      contentHash: image.contentHash,
      fileName: image.fileName,
      width: image.width,
      height: image.height,
      channels: image.channels,
      bytes: image.bytes,
      originalSha256: image.originalSha256,
      originalBytes: image.originalBytes,
      shuffle: image.shuffle,
    })),
  );
  await insertLikenesses(
    tx,
    copies.flatMap(({ id, hash, gray }) =>
      hash === null || gray === null ? [] : [{ imageId: id, projectId, hash, gray, followed: null }],
    ),
  );
  await pairMoved(tx, projectId, copies);
  await addTags(
    tx,
    projectId,
    copies.flatMap(({ id, tags }) => tags.map((tag) => ({ imageId: id, tag }))),
  );
  const settled = copies.map(({ id, classId }) => ({
    projectId,
    imageId: id,
    memberId,
    classIds: [must(classOf, classId, 'class')],
    source: 'import' as const,
  }));
  const labeledByClass = await insertImportedAnnotations(tx, importId, { settled, answers: [] });
  await refreshConsensus(tx, { projectId, imageIds: copies.map(({ id }) => id) });
  return labeledByClass;
}
