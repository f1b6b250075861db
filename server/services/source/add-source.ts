import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { addSource as schema, NewPlace } from '#core/schemas/source.ts';
import { SOURCE_LIMITS } from '#core/source/source.ts';
import type { SourcePlace } from '#core/source/source.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { lockProject } from '#db/queries/project/project.ts';
import { countSources, insertSource } from '#db/queries/source/source.ts';
import { seal } from '../../auth/seal.ts';
import type { Actor, Services } from '../../context.ts';
import { checkBucket } from '../../net/open-safe-bucket.ts';
import { checkFolder } from './open-folder-place.ts';
import type { Keys, SourceNet } from './place.ts';

/**
 * Adds a source and asks for its first listing; nothing is taken yet. Its keys are kept sealed.
 * @throws AppError where its place may not be reached
 */
export async function addSource(
  { db, env }: Pick<Services, 'db' | 'env'>,
  actor: Actor,
  { projectId, place: given, readsLabels, ...settings }: z.infer<typeof schema> & { projectId: string },
  net: SourceNet = {},
): Promise<{ id: string }> {
  const { place, keys } = partKeys(given);
  if (place.kind === 'folder') await checkFolder(place.path, { roots: env.PUPIL_SOURCE_ROOTS, data: env.PUPIL_DATA });
  if (place.kind === 'bucket')
    checkBucket(place, { ...(env.PUPIL_PRIVATE_S3 === '1' ? { isAllowed: () => true } : {}), ...net });
  const id = randomUUID();
  await db.transaction(async (tx) => {
    await lockProject(tx, projectId);
    if ((await countSources(tx, projectId)) >= SOURCE_LIMITS.sources)
      throw new AppError('CONFLICT', say('refusal.manySources', { count: SOURCE_LIMITS.sources }));
    await insertSource(tx, {
      ...settings,
      id,
      projectId,
      memberId: actor.memberId,
      place,
      sealedKeys: keys && sealKeys(env.PUPIL_SECRET, id, keys),
      choice: { layout: readsLabels ? null : 'none', names: {} },
      dueAt: new Date(),
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId,
      memberId: actor.memberId,
      action: 'source:added',
      subject: settings.name,
      detail: { kind: place.kind },
    });
    await notify(tx, { name: 'source:changed', projectId, sourceId: id });
  });
  return { id };
}

/** Keys as they are stored: opened by a server with this secret, for this source alone. */
export const sealKeys = (secret: string, sourceId: string, keys: Keys): string =>
  seal(secret, sourceId, JSON.stringify(keys));

function partKeys(given: NewPlace): { place: SourcePlace; keys: Keys | null } {
  if (given.kind !== 'bucket') return { place: given, keys: null };
  const { accessKeyId, secretAccessKey, ...place } = given;
  return { place, keys: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null };
}
