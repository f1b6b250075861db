import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { backbone, featureSet, imageFeature } from '../../schema/index.ts';
import { readShardFeatures } from './feature-shard.ts';

/** Images whose shards are asked for in one statement, and those given back at a time: some 10 MB. */
const ASKED = 20_000;
const GIVEN = 4096;

export interface StoredRows {
  imageIds: string[];
  /** [images, width] */
  values: Float32Array;
}

/**
 * Features of these images that a project's set holds already, by the very file of the backbone and the side it looked
 * at; those that are not embedded yet are left out. Each shard is read once.
 */
export async function* readStoredFeatures(
  db: Db,
  params: { projectId: string; sha256: string; side: number; width: number; imageIds: readonly string[] },
): AsyncGenerator<StoredRows> {
  const { projectId, sha256, side, width } = params;
  const [set] = await db
    .select({ id: featureSet.id })
    .from(featureSet)
    .innerJoin(backbone, and(eq(backbone.id, featureSet.backboneId), eq(backbone.sha256, sha256)))
    .where(and(eq(featureSet.projectId, projectId), eq(featureSet.side, side), eq(featureSet.width, width)));
  if (!set) return;
  const byShard = new Map<string, Set<string>>();
  for (let start = 0; start < params.imageIds.length; start += ASKED) {
    const places = await db
      .select({ imageId: imageFeature.imageId, shardId: imageFeature.shardId })
      .from(imageFeature)
      .where(
        and(
          eq(imageFeature.setId, set.id),
          isNotNull(imageFeature.shardId),
          inArray(imageFeature.imageId, params.imageIds.slice(start, start + ASKED)),
        ),
      );
    for (const { imageId, shardId } of places)
      if (shardId !== null) byShard.set(shardId, (byShard.get(shardId) ?? new Set()).add(imageId));
  }
  let ids: string[] = [];
  let values = new Float32Array(GIVEN * width);
  for (const [shardId, wanted] of byShard) {
    const shard = await readShardFeatures(db, shardId);
    for (const [at, id] of shard.imageIds.entries()) {
      // A shard that is still queued names its images before there is anything of them.
      if (!wanted.has(id) || shard.values.length < (at + 1) * width) continue;
      values.set(shard.values.subarray(at * width, (at + 1) * width), ids.length * width);
      if (ids.push(id) < GIVEN) continue;
      yield { imageIds: ids, values };
      ids = [];
      values = new Float32Array(GIVEN * width);
    }
  }
  if (ids.length > 0) yield { imageIds: ids, values: values.subarray(0, ids.length * width) };
}
