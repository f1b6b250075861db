import { askedKey } from '#core/image/media.ts';
import type { PictureAnswer } from '#core/serving/serving.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { getProject, lockProject, updateProjectRow } from '#db/queries/project/project.ts';
import { dropAsked, upsertAsked } from '#db/queries/serving/asked.ts';
import type { Actor, Services } from '../../context.ts';
import { processImage } from '../image/process-image.ts';

/** Pictures that one server keeps at once: answers go first, and what comes meanwhile is left out. */
const AT_ONCE = 4;
let keeping = 0;

export interface AskedBy {
  projectId: string;
  memberId: string;
  roundId: string;
  /** How many pictures the project keeps; 0: none. */
  kept: number;
}

/** Keeps a picture with its answer behind the answer's back, where the project wants that. Never fails. */
export function keepAsked(
  services: Services,
  { kept, ...by }: AskedBy,
  bytes: Uint8Array,
  answer: Exclude<PictureAnswer, { error: object }>,
): void {
  if (kept === 0 || keeping >= AT_ONCE) return;
  keeping += 1;
  writeAsked(services, by, bytes, answer)
    .catch((error: unknown) => services.log.warn({ err: error }, 'a picture that was asked could not be kept'))
    .finally(() => (keeping -= 1));
}

/**
 * Encodes the picture anew, as every upload, and lets the oldest go, by what the project wants once the picture is
 * written: a lead may have switched it off since it was asked, and whoever writes last lets go.
 */
export async function writeAsked(
  services: Pick<Services, 'db' | 'blobs'>,
  by: Omit<AskedBy, 'kept'>,
  bytes: Uint8Array,
  answer: Exclude<PictureAnswer, { error: object }>,
): Promise<void> {
  const { full, contentHash, width, height } = await processImage(bytes);
  await services.blobs.put(askedKey(by.projectId, contentHash), full);
  await upsertAsked(services.db, {
    ...by,
    contentHash,
    width,
    height,
    classId: answer.classes[0]?.classId ?? null,
    probability: answer.probability,
  });
  const { settings } = await getProject(services.db, by.projectId);
  await forgetAsked(services, by.projectId, settings.keepAsked);
}

/** How many of the newest pictures a project keeps from now on; what is more goes at once. */
export async function setKeepAsked(
  services: Services,
  actor: Actor,
  { projectId, kept }: { projectId: string; kept: number },
): Promise<void> {
  await services.db.transaction(async (tx) => {
    const before = await lockProject(tx, projectId);
    await updateProjectRow(tx, projectId, { settings: { ...before.settings, keepAsked: kept } });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId,
      memberId: actor.memberId,
      action: 'project:changed',
      subject: before.name,
      detail: { keepAsked: kept },
    });
    await notify(tx, { name: 'project:changed', projectId });
  });
  await forgetAsked(services, projectId, kept);
}

/** Forgets all but the newest `kept`. */
async function forgetAsked(
  { db, blobs }: Pick<Services, 'db' | 'blobs'>,
  projectId: string,
  kept: number,
): Promise<void> {
  for (const contentHash of await dropAsked(db, projectId, kept)) await blobs.delete(askedKey(projectId, contentHash));
}
