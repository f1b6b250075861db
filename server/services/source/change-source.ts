import type { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { updateSource as schema } from '#core/schemas/source.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { retryFailed } from '#db/queries/source/source-object.ts';
import { askSync, askTake, deleteSource, getSource, setHook, setSource } from '#db/queries/source/source.ts';
import type { Source } from '#db/queries/source/source.ts';
import { hashToken, makeToken } from '../../auth/token.ts';
import type { Actor, Services } from '../../context.ts';
import { endImport } from '../import/end-import.ts';
import { sealKeys } from './add-source.ts';

/** Does something to a source in one transaction, writes down who did it, and tells open pages. */
const change = (
  { db }: Pick<Services, 'db'>,
  actor: Actor,
  at: { projectId: string; sourceId: string },
  action: string | null,
  work: (tx: Db, row: Source) => Promise<void>,
): Promise<Source> =>
  db.transaction(async (tx) => {
    const row = await getSource(tx, at.projectId, at.sourceId);
    await work(tx, row);
    if (action !== null)
      await recordActivity(tx, {
        organizationId: actor.organizationId,
        projectId: at.projectId,
        memberId: actor.memberId,
        action,
        subject: row.name,
        detail: {},
      });
    await notify(tx, { name: 'source:changed', ...at });
    return row;
  });

type At = { projectId: string; sourceId: string };

/** Name, interval and what is taken by itself; new keys in the place of those before. */
export async function updateSource(
  services: Pick<Services, 'db' | 'env'>,
  actor: Actor,
  { projectId, sourceId, keys, ...set }: z.infer<typeof schema> & { projectId: string },
): Promise<void> {
  const sealedKeys = keys && sealKeys(services.env.PUPIL_SECRET, sourceId, keys);
  await change(services, actor, { projectId, sourceId }, 'source:changed', async (tx, row) => {
    if (keys && row.place.kind !== 'bucket') throw new AppError('BAD_INPUT', say('refusal.onlyBucketKeys'));
    await setSource(tx, sourceId, { ...set, ...(sealedKeys ? { sealedKeys } : {}) });
  });
}

/** Asks for a look at a source; a server begins within moments. */
export async function syncSource(services: Pick<Services, 'db'>, actor: Actor, { projectId, sourceId }: At) {
  await change(services, actor, { projectId, sourceId }, null, (tx) => askSync(tx, sourceId));
}

/**
 * Asks to take what is new and changed, labels read as a person chose, or as before.
 * @throws AppError CONFLICT while the source is listed or taken from
 */
export async function takeFromSource(
  services: Pick<Services, 'db'>,
  actor: Actor,
  { projectId, sourceId, choice }: At & { choice?: Source['choice'] },
): Promise<void> {
  await change(services, actor, { projectId, sourceId }, 'source:taken', async (tx, row) => {
    if (!(await askTake(tx, sourceId, choice ?? row.choice)))
      throw new AppError('CONFLICT', say('refusal.sourceAtWork'));
  });
}

/** What could not be taken is new again. Tells how many. */
export async function retrySource(services: Pick<Services, 'db'>, actor: Actor, { projectId, sourceId }: At) {
  let count = 0;
  await change(services, actor, { projectId, sourceId }, null, async (tx) => {
    count = await retryFailed(tx, sourceId);
  });
  return { count };
}

/**
 * Makes the address that asks for a sync, and tells its path once: only a hash of its token is kept. The one before is
 * no longer valid; `null` takes it away.
 */
export async function makeHook(
  services: Pick<Services, 'db'>,
  actor: Actor,
  { projectId, sourceId, isOn }: At & { isOn: boolean },
): Promise<{ path: string | null }> {
  const token = isOn ? makeToken('sync_') : null;
  await change(services, actor, { projectId, sourceId }, isOn ? 'source:hook-made' : 'source:hook-removed', (tx) =>
    setHook(tx, sourceId, token && hashToken(token)),
  );
  return { path: token && `/api/projects/${projectId}/sources/${sourceId}/sync/${token}` };
}

/** Removes a source; what it brought stays, and what it takes just now ends. */
export async function removeSource(services: Pick<Services, 'db'>, actor: Actor, { projectId, sourceId }: At) {
  const { importId } = await change(services, actor, { projectId, sourceId }, 'source:removed', async (tx) => {
    if (!(await deleteSource(tx, projectId, sourceId))) throw notFound('source');
  });
  if (importId !== null) await endImport(services, actor, { projectId, importId });
}
