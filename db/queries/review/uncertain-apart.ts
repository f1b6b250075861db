import { pickApart } from '#core/round/far-apart.ts';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import type { Db } from '../../client.ts';
import { readEmbeddingsOf } from '../image/embedding.ts';
import { findFeatureSet } from '../image/feature-set.ts';
import { listUncertain } from './insight.ts';
import type { ReviewCandidate } from './insight.ts';

/** Of so many times as many the ones far apart are asked, and at most so many more: that is a tenth of a second. */
const FACTOR = 5;
const SPARE = 1500;

/**
 * What a round is least sure of, far apart, so that people are not asked one doubt over again: by the embeddings that
 * the round keeps, else by the features of the project (FEATURE-9). What has neither comes last.
 * @param except images that are not wanted
 */
export async function listUncertainApart(
  db: Db,
  params: { projectId: string; roundId: string; limit: number; except?: ReadonlySet<string> },
): Promise<ReviewCandidate[]> {
  const { projectId, roundId, limit, except = new Set<string>() } = params;
  const wanted = Math.min(FACTOR * limit, limit + SPARE);
  const doubts = (await listUncertain(db, { roundId, limit: wanted + except.size })).filter(
    ({ imageId }) => !except.has(imageId),
  );
  if (doubts.length <= limit) return doubts;
  const ids = doubts.map(({ imageId }) => imageId);
  const own = await readEmbeddingsOf(db, { roundId }, ids);
  const set = own.size > 0 ? null : await findFeatureSet(db, projectId);
  const placeOf = set ? await readEmbeddingsOf(db, { setId: set.id }, ids) : own;
  const placed = doubts.filter(({ imageId }) => placeOf.has(imageId));
  const embeddings = new Int8Array(placed.length * EMBEDDING_BYTES);
  placed.forEach(({ imageId }, at) => embeddings.set(placeOf.get(imageId) ?? [], at * EMBEDDING_BYTES));
  const chosen = pickApart(
    embeddings,
    placed.map(({ priority }) => priority),
    limit,
  ).flatMap((at) => placed[at] ?? []);
  const rest = doubts.filter(({ imageId }) => !placeOf.has(imageId));
  return [...chosen, ...rest].slice(0, limit);
}
