import { askedKey } from '#core/image/media.ts';
import { insertImport } from '#db/queries/image/image.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { insertReviewItems, notifyArrived } from '#db/queries/review/review-write.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { listOpenByHash, listUnsent, markSent } from '#db/queries/serving/asked.ts';
import type { Db } from '#db/client.ts';
import type { Actor, Services } from '../../context.ts';
import { processImage } from '../image/process-image.ts';
import { endImport } from '../import/end-import.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile, ImportTarget } from '../import/import-images.ts';

type Asked = Awaited<ReturnType<typeof listUnsent>>[number];

/**
 * Takes pictures that were asked into the pool, unlabeled, and has people asked what they show, before anything else. A
 * picture that the pool holds already is asked about where nobody has settled it.
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
  const row = await insertImport(services.db, {
    projectId,
    createdBy: actor.memberId,
    name: 'Images that were asked',
    total: asked.length,
  });
  const askedOf = new Map<string, Asked>();
  const read = async function* (): AsyncGenerator<ImportFile> {
    for (const one of asked) {
      const bytes = await services.blobs.get(askedKey(projectId, one.contentHash));
      askedOf.set((await processImage(bytes)).contentHash, one);
      yield { name: `asked-${one.contentHash.slice(0, 12)}.webp`, bytes, className: null, split: 'pool' };
    }
  };
  await importImages(
    services,
    { importId: row.id, projectId, memberId: actor.memberId, settings: project.settings, seed: projectId },
    read(),
  );
  await endImport(services, actor, { projectId, importId: row.id });
  return services.db.transaction(async (tx) => {
    const images = await listOpenByHash(tx, projectId, [...askedOf.keys()]);
    let queued = 0;
    for (const roundId of new Set(asked.map((one) => one.roundId)))
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
      asked.map(({ id }) => id),
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
