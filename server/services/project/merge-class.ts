import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { listJudgedAs, mergeRow, unmergeRow } from '#db/queries/project/merge-class.ts';
import { listClasses, lockProjectParts } from '#db/queries/project/project.ts';
import type { Actor, Services } from '../../context.ts';
import { retryOnRace } from '../labeling/retry-on-race.ts';
import { refuseWhileTraining } from '../run/refuse-while-training.ts';

/** Images whose consensus is computed in one statement. */
const CHUNK = 1000;

/**
 * Makes a class another name of a second one: what was said of it counts for that from now on, and nothing that people
 * said is rewritten, so that `unmergeClass` gives all of it back.
 * @throws AppError CONFLICT while a run trains, whose classes are frozen
 */
export const mergeClass = (
  { db }: Pick<Services, 'db'>,
  actor: Actor,
  input: { projectId: string; classId: string; intoId: string },
): Promise<{ images: number }> =>
  retryOnRace(() =>
    db.transaction(async (tx) => {
      const { projectId, classId, intoId } = input;
      await refuseWhileTraining(tx, projectId, 'classes');
      await lockProjectParts(tx, projectId);
      const into = (await listClasses(tx, projectId)).find(({ id }) => id === intoId);
      if (!into || intoId === classId) throw new AppError('BAD_INPUT', say('refusal.anotherClass'));
      const { name, classIds } = await mergeRow(tx, { projectId, classId, intoId });
      const images = await recount(tx, projectId, classIds);
      await announce(tx, actor, projectId, 'class:merged', `${name} into ${into.name}`);
      return { images };
    }),
  );

/** Takes a merge back: the class is its own again, with what was said of it. @throws AppError CONFLICT as mergeClass */
export const unmergeClass = (
  { db }: Pick<Services, 'db'>,
  actor: Actor,
  input: { projectId: string; classId: string },
): Promise<{ images: number }> =>
  retryOnRace(() =>
    db.transaction(async (tx) => {
      const { projectId } = input;
      await refuseWhileTraining(tx, projectId, 'classes');
      await lockProjectParts(tx, projectId);
      const { name, classIds } = await unmergeRow(tx, input);
      const images = await recount(tx, projectId, classIds);
      await announce(tx, actor, projectId, 'class:unmerged', name);
      return { images };
    }),
  );

/** The consensus of every image that was answered with one of these classes, in the order of the images' ids. */
async function recount(tx: Db, projectId: string, classIds: readonly string[]): Promise<number> {
  let images = 0;
  let after: string | null = null;
  do {
    const imageIds = await listJudgedAs(tx, { projectId, classIds, after, limit: CHUNK });
    await refreshConsensus(tx, { projectId, imageIds });
    images += imageIds.length;
    after = imageIds.length < CHUNK ? null : (imageIds.at(-1) ?? null);
  } while (after !== null);
  return images;
}

async function announce(tx: Db, actor: Actor, projectId: string, action: string, subject: string): Promise<void> {
  await recordActivity(tx, {
    organizationId: actor.organizationId,
    projectId,
    memberId: actor.memberId,
    action,
    subject,
    detail: {},
  });
  await notify(tx, { name: 'class:changed', projectId });
  await notify(tx, { name: 'images:changed', projectId });
}
