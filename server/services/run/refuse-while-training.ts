import { AppError } from '#core/errors.ts';
import type { Db } from '#db/client.ts';
import { isAnyRunWorking } from '#db/queries/run/run-read.ts';

/** What a run at work has read already, and so cannot change under it. */
const READ = {
  images: { on: 'the pool', change: 'move the images' },
  classes: { on: 'these classes', change: 'merge' },
} as const;

/** @throws AppError CONFLICT while a run of the project trains */
export async function refuseWhileTraining(db: Db, projectId: string, what: keyof typeof READ): Promise<void> {
  if (!(await isAnyRunWorking(db, projectId))) return;
  const { on, change } = READ[what];
  throw new AppError(
    'CONFLICT',
    `A run is training on ${on} just now. Wait until it has ended, or pause it, and ${change} then.`,
  );
}
