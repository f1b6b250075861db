import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { askedKey } from '#core/image/media.ts';
import { insertImport } from '#db/queries/image/image.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { insertReviewItems, notifyArrived } from '#db/queries/review/review-write.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { listKnownHashes, listOpenByHash, listUnsent, markSent } from '#db/queries/serving/asked.ts';
import type { Db } from '#db/client.ts';
import type { Actor, Services } from '../../context.ts';
import { processImage } from '../image/process-image.ts';
import { endImport } from '../import/end-import.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile, ImportTarget } from '../import/import-images.ts';

type Asked = Awaited<ReturnType<typeof listUnsent>>[number];

/**
 * Takes pictures that were asked into the pool, unlabeled, and has people asked what they show, before anything else. A
 * picture that the project holds already is not taken again: it is asked about where it is in the pool and nobody has
 * settled it. None is drawn for validation or test: a lead chose them.
 */
export async function sendAsked(
  services: Services,
  actor: Actor,
  project: { id: string; settings: ImportTarget['settings'] },
  ids: readonly string[],
): Promise<{ queued: number }> {
  const projectId = project.id;
  const asked = await listUnsent(services.db, { projectId, ids });
  if (asked.length === 0) return { queued: 0 };
  const known = new Set(
    await listKnownHashes(
      services.db,
      projectId,
      asked.map(({ contentHash }) => contentHash),
    ),
  );
  const fresh = asked.filter(({ contentHash }) => !known.has(contentHash));
  /** By what the project calls their contents: pictures that it had, by their own; others by what they became. */
  const askedOf = new Map(asked.filter((one) => known.has(one.contentHash)).map((one) => [one.contentHash, one]));
  if (fresh.length > 0) await takeIn(services, actor, project, fresh, askedOf);
  return services.db.transaction(async (tx) => {
    const images = await listOpenByHash(tx, projectId, [...askedOf.keys()]);
    const sent = [...askedOf.values()];
    let queued = 0;
    for (const roundId of new Set(sent.map((one) => one.roundId)))
      queued += await ask(
        tx,
        { projectId, roundId },
        images.flatMap(({ id, contentHash }) => {
          const one = askedOf.get(contentHash);
          return one?.roundId === roundId ? [{ imageId: id, asked: one }] : [];
        }),
      );
    await markSent(
      tx,
      sent.map(({ id }) => id),
    );
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId,
      memberId: actor.memberId,
      action: 'review:queued',
      subject: 'what was asked',
      detail: { count: queued },
    });
    return { queued };
  });
}

/** Imports them and notes in `askedOf` what their contents are called; the import names one whose file is gone. */
async function takeIn(
  services: Services,
  actor: Actor,
  { id: projectId, settings }: { id: string; settings: ImportTarget['settings'] },
  fresh: readonly Asked[],
  askedOf: Map<string, Asked>,
): Promise<void> {
  const row = await insertImport(services.db, {
    projectId,
    createdBy: actor.memberId,
    name: 'Images that were asked',
    total: fresh.length,
  });
  const read = async function* (): AsyncGenerator<ImportFile | { name: string; error: AppError }> {
    for (const one of fresh) {
      const name = `asked-${one.contentHash.slice(0, 12)}.webp`;
      try {
        const bytes = await services.blobs.get(askedKey(projectId, one.contentHash));
        askedOf.set((await processImage(bytes)).contentHash, one);
        yield { name, bytes, className: null, split: 'pool' };
      } catch (error) {
        services.log.warn({ err: error, name }, 'a picture that was asked could not be read');
        yield { name, error: new AppError('NOT_FOUND', say('refusal.pushedOut')) };
      }
    }
  };
  // Its file here is ours, made anew: no original to keep.
  const kept = { ...settings, validationShare: 0, testShare: 0, keepOriginals: false };
  try {
    await importImages(
      services,
      { importId: row.id, projectId, memberId: actor.memberId, settings: kept, seed: projectId },
      read(),
    );
  } finally {
    await endImport(services, actor, { projectId, importId: row.id });
  }
}

/** Asked before what rounds doubt by themselves, whose priorities end at 1. */
const FIRST = 2;

async function ask(
  tx: Db,
  { projectId, roundId }: { projectId: string; roundId: string | null },
  candidates: readonly { imageId: string; asked: Asked }[],
): Promise<number> {
  // Of a round that is gone nobody is asked; the images are in the pool.
  if (roundId === null || candidates.length === 0) return 0;
  const { run } = await getRound(tx, { projectId, roundId });
  const itemIds = await insertReviewItems(tx, {
    projectId,
    runId: run.id,
    roundId,
    reason: 'uncertain',
    classIds: run.classIds,
    drawProbability: null,
    candidates: candidates.map(({ imageId, asked }) => ({
      imageId,
      classIndex: run.classIds.indexOf(asked.classId ?? ''),
      confidence: asked.probability,
      priority: FIRST,
    })),
  });
  if (itemIds.length > 0) await notifyArrived(tx, { projectId, runId: run.id, reason: 'uncertain', itemIds });
  return itemIds.length;
}
