import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { z } from 'zod';
import { OUT } from '#core/image/change.ts';
import type { Place } from '#core/image/change.ts';
import { CONSENSUS_STATES } from '#core/labeling/labeling.ts';
import { SPLITS } from '#core/project/project.ts';
import type { ConsensusState } from '#core/labeling/labeling.ts';
import type { galleryFilter } from '#core/schemas/labeling.ts';
import type { Db } from '../../client.ts';
import { annotation, image, imageAside, imageTag, pseudoLabel } from '../../schema/index.ts';
import { answersUnseen, guessUnseen } from '../blind.ts';
import { guessesOf } from './similar.ts';
import type { Blind } from '../blind.ts';
import { execute, list, nullable, number, oneOf, text, truth } from '../../execute.ts';

export type GalleryFilter = z.infer<typeof galleryFilter>;
export interface GalleryCursor {
  id: string;
  confidence: number | null;
}

export interface GalleryImage {
  id: string;
  fileName: string;
  width: number;
  height: number;
  split: Place;
  state: ConsensusState;
  classId: string | null;
  answerCount: number;
  flagged: boolean;
  goldClassId: string | null;
  tags: string[];
  assignedTo: string | null;
  /**
   * Of the chosen round, as an index into its run's classes; null without a round or a prediction, and where it is
   * hidden.
   */
  predictedIndex: number | null;
  confidence: number | null;
  pseudoIndex: number | null;
  /** There is a prediction, and the member may not see it yet. */
  guessHidden: boolean;
}

/**
 * Filters on a round's predictions drive the page from prediction_confidence_idx; else one of the image indexes does.
 */
const needsPrediction = (params: { filter: GalleryFilter; order: string }): boolean =>
  params.order !== 'steady' ||
  params.filter.predictedClassId != null ||
  params.filter.confidenceFrom != null ||
  params.filter.confidenceTo != null;

/**
 * One page of the gallery by keyset. `round` is whose predictions and pseudo-labels are taken, the live teacher's
 * where its id is null; without one those filters are not there. Order `steady` is by id: random, but always the
 * same. Of what a `blind` member may yet be asked about neither people's answers (ACCESS-10) nor the model's
 * (REVIEW-6) are shown, and it is found as if there were none; by the model's nothing is found for them.
 */
export async function listGallery(
  db: Db,
  params: {
    projectId: string;
    filter: GalleryFilter;
    round: { id: string | null; classIds: readonly string[] } | null;
    order: 'steady' | 'sure-first' | 'unsure-first';
    cursor?: GalleryCursor | null;
    limit: number;
    blind: Blind | null;
  },
): Promise<GalleryImage[]> {
  const { filter, round, cursor, blind } = params;
  const sought = blind === null ? round : null;
  const byPrediction = sought !== null && needsPrediction(params);
  const ascending = params.order === 'unsure-first';
  const byConfidence = byPrediction && params.order !== 'steady';
  const after: SQL = !cursor
    ? sql`true`
    : byConfidence && ascending
      ? sql`(p.confidence, i.id) > (${cursor.confidence}::real, ${cursor.id}::uuid)`
      : byConfidence
        ? sql`(p.confidence, i.id) < (${cursor.confidence}::real, ${cursor.id}::uuid)`
        : sql`i.id > ${cursor.id}::uuid`;
  const order: SQL = !byConfidence
    ? sql`i.id`
    : ascending
      ? sql`p.confidence, i.id`
      : sql`p.confidence desc, i.id desc`;
  const roundId = round?.id ?? null;
  const guesses = guessesOf(round && roundId === null ? { projectId: params.projectId } : { roundId });
  const unseen = answersUnseen(blind, sql`i`);
  const hidden = guessUnseen(blind, sql`i`);
  const rows = await execute(
    db,
    sql`
    select i.id, i.file_name as "fileName", i.width, i.height, i.split, case when ${unseen} then 'none'
      else i.consensus_state end as state,
      case when not ${unseen} then i.consensus_class_id end as "classId", case when ${unseen} then 0
        else i.judgment_count end as "answerCount", i.flagged,
      ${blind ? sql`null` : sql`i.gold_class_id`} as "goldClassId", i.assigned_to as "assignedTo",
      case when not ${hidden} then p.class_index end as "predictedIndex", case when not ${hidden} then p.confidence
        end as confidence,
      case when not ${hidden} then (select s.class_index from ${pseudoLabel} s where s.round_id = ${roundId}::uuid
        and s.image_id = i.id) end as "pseudoIndex",
      p.image_id is not null and ${hidden} as "guessHidden",
      array(select t.tag from ${imageTag} t where t.image_id = i.id order by t.tag) as tags
    from ${image} i ${byPrediction ? sql`join` : sql`left join`} ${guesses} p on p.image_id = i.id
    where i.project_id = ${params.projectId} and ${after} and ${conditions(filter, sought, unseen)}
      and ${tells(filter) ? sql`not ${unseen}` : sql`true`}
      and ${byPrediction ? chosenFairly : sql`true`}
    order by ${order} limit ${params.limit}`,
    {
      id: text,
      fileName: text,
      width: number,
      height: number,
      split: oneOf(...SPLITS, OUT),
      state: oneOf(...CONSENSUS_STATES),
      classId: nullable(text),
      answerCount: number,
      flagged: truth,
      goldClassId: nullable(text),
      assignedTo: nullable(text),
      predictedIndex: nullable(number),
      confidence: nullable(number),
      pseudoIndex: nullable(number),
      guessHidden: truth,
      tags: list(text),
    },
  );
  return rows;
}

type Sought = Pick<Parameters<typeof listGallery>[1], 'projectId' | 'filter' | 'round' | 'order' | 'blind'>;

/** More are not counted one by one. */
export const COUNTED_MOST = 100_000;

/** How many images a filter finds, up to COUNTED_MOST and one more. As `listGallery`. */
export async function countGallery(db: Db, params: Sought): Promise<number> {
  const rows = await execute(
    db,
    sql`
    select count(*)::int as n from (${found(params, sql`i.id`)} limit ${COUNTED_MOST + 1}) counted`,
    { n: number },
  );
  return rows[0]?.n ?? 0;
}

/** The next images that a filter finds, in the order of their ids. */
export async function listFound(db: Db, params: Sought & { after: string | null; limit: number }): Promise<string[]> {
  const after = params.after === null ? sql`true` : sql`i.id > ${params.after}::uuid`;
  const rows = await execute(
    db,
    sql`
    ${found(params, sql`i.id`)} and ${after} order by i.id limit ${params.limit}`,
    { id: text },
  );
  return rows.map(({ id }) => id);
}

function found(params: Sought, columns: SQL): SQL {
  const { filter, blind } = params;
  const sought = blind === null ? params.round : null;
  const byPrediction = sought !== null && needsPrediction(params);
  const unseen = answersUnseen(blind, sql`i`);
  const roundId = sought?.id ?? null;
  const guesses = guessesOf(sought && roundId === null ? { projectId: params.projectId } : { roundId });
  return sql`
    select ${columns} from ${image} i ${byPrediction ? sql`join ${guesses} p on p.image_id = i.id` : sql``}
    where i.project_id = ${params.projectId} and ${conditions(filter, sought, unseen)}
      and ${tells(filter) ? sql`not ${unseen}` : sql`true`} and ${byPrediction ? chosenFairly : sql`true`}`;
}

/** Images of validation and test get their first answer in random order: nobody may pick them by what a model says. */
const chosenFairly = sql`(i.split = 'pool' or i.consensus_state in ('agreed', 'adjudicated'))`;

/** Would being found by these filters tell what people said? */
const tells = (filter: GalleryFilter): boolean =>
  Boolean(filter.classId ?? filter.memberId) ||
  filter.source === 'human' ||
  (filter.state != null && filter.state !== 'none');

function conditions(
  filter: GalleryFilter,
  round: { id: string | null; classIds: readonly string[] } | null,
  unseen: SQL,
): SQL {
  const parts: SQL[] = [
    filter.aside
      ? sql`i.split = ${OUT} and i.id in (select s.image_id from ${imageAside} s where s.project_id = i.project_id
          and s.kind = ${filter.aside})`
      : sql`i.split <> ${OUT}`,
  ];
  if (filter.name) parts.push(sql`i.file_name ilike ${`%${filter.name.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`);
  if (filter.tag)
    parts.push(sql`i.id in (select t.image_id from ${imageTag} t where t.project_id = i.project_id
      and t.tag = ${filter.tag})`);
  if (filter.classId) parts.push(sql`i.consensus_class_id = ${filter.classId}`);
  if (filter.split) parts.push(sql`i.split = ${filter.split}`);
  // Left out of what has no answer yet, it would be told apart by that.
  const unanswered = sql`(i.consensus_state = 'none' or ${unseen})`;
  if (filter.state) parts.push(filter.state === 'none' ? unanswered : sql`i.consensus_state = ${filter.state}`);
  if (filter.importId) parts.push(sql`i.import_id = ${filter.importId}`);
  if (filter.flagged != null) parts.push(filter.flagged ? sql`i.flagged` : sql`not i.flagged`);
  if (filter.gold != null) parts.push(filter.gold ? sql`i.gold_class_id is not null` : sql`i.gold_class_id is null`);
  if (filter.assignedTo) parts.push(sql`i.assigned_to = ${filter.assignedTo}`);
  if (filter.memberId) {
    parts.push(sql`exists (select 1 from ${annotation} a where a.image_id = i.id and a.member_id = ${filter.memberId}
      and a.kind = 'decide'
      and not exists (select 1 from ${annotation} u where u.undoes_id = a.id))`);
  }
  if (filter.source === 'human') parts.push(sql`i.consensus_state in ('agreed', 'adjudicated')`);
  if (filter.source === 'none') {
    parts.push(unanswered);
    if (round)
      parts.push(
        sql`not exists (select 1 from ${pseudoLabel} s where s.round_id = ${round.id}::uuid and s.image_id = i.id)`,
      );
  }
  if (filter.source === 'pseudo') {
    parts.push(
      round
        ? sql`i.id in (select s.image_id from ${pseudoLabel} s where s.round_id = ${round.id}::uuid)
          and i.consensus_state not in ('agreed', 'adjudicated')`
        : sql`false`,
    );
  }
  if (filter.predictedClassId)
    parts.push(round ? sql`p.class_index = ${round.classIds.indexOf(filter.predictedClassId)}` : sql`false`);
  if (round && filter.confidenceFrom != null) parts.push(sql`p.confidence >= ${filter.confidenceFrom}::real`);
  if (round && filter.confidenceTo != null) parts.push(sql`p.confidence <= ${filter.confidenceTo}::real`);
  return sql.join(parts, sql` and `);
}
