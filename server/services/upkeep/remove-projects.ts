import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '#db/client.ts';
import { removeSome } from '#db/queries/project/project-removal.ts';

/**
 * Images that are deleted in one transaction, with all that hangs on them: some 0.2 s of work, which nobody waits for.
 */
const IMAGES = 1000;

/**
 * Deletes what hangs on deleted projects, batch by batch, until none is left. Between two batches it rests as long as
 * the last one took, so that those who label meanwhile have the database. A server that stops or dies in between leaves
 * the project marked, and the next one goes on.
 */
export async function removeProjects(
  services: { db: Db },
  options: { isStopped: () => boolean; images?: number },
): Promise<void> {
  while (!options.isStopped()) {
    const began = performance.now();
    if (!(await removeSome(services.db, { images: options.images ?? IMAGES }))) return;
    await wait(performance.now() - began);
  }
}
