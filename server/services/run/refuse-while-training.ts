import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Db } from '#db/client.ts';
import { isAnyRunWorking } from '#db/queries/run/run-read.ts';

/**
 * What a run at work has read already cannot change under it.
 * @throws AppError CONFLICT while a run of the project trains
 */
export async function refuseWhileTraining(db: Db, projectId: string, what: 'images' | 'classes'): Promise<void> {
  if (!(await isAnyRunWorking(db, projectId))) return;
  throw new AppError('CONFLICT', say(`refusal.training.${what}`));
}
