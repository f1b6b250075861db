import type { Database } from '#db/client.ts';
import { deleteReplacedSets, openFeatureSets } from '#db/queries/image/feature-set.ts';
import { cutShards, listQueuedShards } from '#db/queries/image/feature-shard.ts';

/** Jobs that wait at a time; others wait as rows. */
const JOBS = 16;

/**
 * What there is to embed: opens sets of projects that have none by their backbone, cuts what waits into shards, and
 * removes sets that another one has replaced. Returns shards that need a job.
 */
export async function sweepFeatures(db: Database['db']): Promise<string[]> {
  await openFeatureSets(db);
  await cutShards(db);
  await deleteReplacedSets(db);
  return listQueuedShards(db, JOBS);
}
