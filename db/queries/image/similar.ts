import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { rankNearest } from '#core/round/embedding.ts';
import type { Db } from '../../client.ts';
import { idAt, signed } from '../../packed-embeddings.ts';
import { image, liveGuess, prediction } from '../../schema/index.ts';
import { answersUnseen, guessUnseen } from '../blind.ts';
import type { Blind } from '../blind.ts';
import { findEmbedding, readCells, readCentres } from './embedding.ts';
import type { EmbeddingSource } from './embedding.ts';
import { execute, integer, nullable, number, text } from '../../execute.ts';

/**
 * Cells looked through at a time, and how often: the nearest 24,000 images, or 96,000 where only open ones are wanted.
 * What they miss stands in docs/decisions/0023-similar-images.md.
 */
export const PROBES = 24;
const TURNS = 4;
/** Candidates whose rows are read at a time, beside those wanted. */
const SPARE = 100;

/**
 * Images of the pool whose embedding in this source is nearest to this one's, the nearest first. Reads the cells
 * nearest to it, and the next ones while too few are found. Empty when the source has no embedding of the image.
 */
export async function listSimilar(
  db: Db,
  params: {
    projectId: string;
    source: EmbeddingSource;
    imageId: string;
    openOnly: boolean;
    limit: number;
    blind: Blind | null;
  },
) {
  const { source, imageId, limit } = params;
  const own = await findEmbedding(db, { ...source, imageId });
  if (!own) return [];
  const { indexes, centres } = await readCentres(db, source);
  const order = rankNearest(own, centres).map((at) => indexes[at] ?? 0);
  const found: SimilarImage[] = [];
  for (let turn = 0; turn < TURNS && turn * PROBES < order.length && found.length < limit; turn += 1) {
    const { imageIds, embeddings } = await readCells(db, source, order.slice(turn * PROBES, (turn + 1) * PROBES));
    const near = rankNearest(own, signed(embeddings));
    for (let start = 0, step = limit + SPARE; start < near.length && found.length < limit; start += step, step *= 2) {
      found.push(
        ...(await readSimilar(
          db,
          params,
          near.slice(start, start + step).map((at) => idAt(imageIds, at)),
        )),
      );
    }
  }
  return found.slice(0, limit);
}

interface SimilarImage extends Record<string, unknown> {
  imageId: string;
  fileName: string;
  classId: string | null;
  state: string;
}

/**
 * Those of these images that are wanted, in their order. One that has left the pool since the round is not: IMAGE-7.
 */
async function readSimilar(
  db: Db,
  params: { projectId: string; imageId: string; openOnly: boolean; blind: Blind | null },
  ids: readonly string[],
): Promise<SimilarImage[]> {
  const unseen = answersUnseen(params.blind, sql`i`);
  const rows = await execute(
    db,
    sql`
    select i.id as "imageId", i.file_name as "fileName", case when not ${unseen} then i.consensus_class_id
      end as "classId",
      case when ${unseen} then 'none' else i.consensus_state end as state
    from unnest(${sql.param([...ids])}::uuid[]) with ordinality as near (id, rank) join ${image} i on i.id = near.id
    where i.project_id = ${params.projectId} and i.id <> ${params.imageId}
      and i.split = 'pool' ${
        params.openOnly
          ? sql`and i.consensus_state = 'none'
        and i.lease_count = 0`
          : sql``
      } order by near.rank`,
    { imageId: text, fileName: text, classId: nullable(text), state: text },
  );
  return rows;
}

/** Whose guesses are asked for: a round's predictions, or the live teacher's of a project. */
export type GuessSource = { roundId: string | null } | { projectId: string };

/** The guesses of a source, as a table of image_id, class_index and confidence. */
export const guessesOf = (source: GuessSource): SQL =>
  'roundId' in source
    ? sql`(select image_id, class_index, confidence from ${prediction} where round_id = ${source.roundId}::uuid)`
    : sql`(select image_id, class_index, confidence from ${liveGuess} where project_id = ${source.projectId})`;

/** What a source says of those of these images of which the member may see it by now. */
export const listSeenGuesses = (
  db: Db,
  params: { projectId: string; source: GuessSource; blind: Blind | null; imageIds: readonly string[] },
) =>
  execute(
    db,
    sql`
    select p.image_id as "imageId", p.class_index as "classIndex", p.confidence from ${guessesOf(params.source)} p
      join ${image} i on i.id = p.image_id
    where i.project_id = ${params.projectId} and p.image_id = any(${sql.param([...params.imageIds])}::uuid[])
      and not ${guessUnseen(params.blind, sql`i`)}`,
    { imageId: text, classIndex: integer, confidence: number },
  );

/** That nobody has answered or holds image `i`, and the member may take it and has not passed it over. */
const openTo = (memberId: string): SQL => sql`
  i.consensus_state = 'none' and i.lease_count = 0 and (i.assigned_to is null or i.assigned_to = ${memberId})
    and not exists (select 1 from annotation a where a.image_id = i.id and a.member_id = ${memberId}
      and a.kind = 'skip')`;

/** Those of these images that are in the pool and open to the member: what claimThese would take, in their order. */
export const listOpenOf = (
  db: Db,
  params: { projectId: string; imageIds: readonly string[]; memberId: string; limit: number },
) =>
  execute(
    db,
    sql`
    select i.id as "imageId" from unnest(${sql.param([...params.imageIds])}::uuid[]) with ordinality as u(id, at)
      join ${image} i on i.id = u.id and i.project_id = ${params.projectId} and i.split = 'pool'
    where ${openTo(params.memberId)}
    order by u.at limit ${params.limit}`,
    { imageId: text },
  );

/** Open pool images that a source takes for one class, the surest first: what a grid offers. */
export async function listPredicted(
  db: Db,
  params: { projectId: string; source: GuessSource; classIndex: number; memberId: string; limit: number },
) {
  const rows = await execute(
    db,
    sql`
    select p.image_id as "imageId", p.confidence from ${guessesOf(params.source)} p
      join ${image} i on i.id = p.image_id
    where p.class_index = ${params.classIndex} and i.project_id = ${params.projectId}
      and i.split = 'pool'
      and ${openTo(params.memberId)}
    order by p.confidence desc, p.image_id limit ${params.limit}`,
    { imageId: text, confidence: number },
  );
  return rows;
}
