import { MAP_TAGS, NO_CLASS, NO_TAG, packMap } from '#core/round/point-map.ts';
import type { PackedMap, PointFacts } from '#core/round/point-map.ts';
import type { Db } from '#db/client.ts';
import { isGuessUnseen } from '#db/queries/blind.ts';
import { listTags } from '#db/queries/image/aside.ts';
import { findFeatureMapImage, readFeatureMap as query, tellPoints } from '#db/queries/image/feature-map.ts';
import { findFeatureSet, listFeatureProgress } from '#db/queries/image/feature-set.ts';
import { findSpeaker } from '#db/queries/labeling/live-teacher.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { listIdsOfProject } from '#db/queries/image/image.ts';
import { listClasses } from '#db/queries/project/project.ts';
import type { project as projectTable } from '#db/schema/index.ts';
import type { Actor } from '../../context.ts';
import { blindOf } from './blind-of.ts';

type Project = typeof projectTable.$inferSelect;

/** Points that a browser still draws without a slow frame. */
const MAP_POINTS = 100_000;

export interface FeatureMap {
  /** Null: edges and colours are described, no backbone is there. */
  backbone: string | null;
  /** Embedded images of all splits, and how many there are. */
  done: number;
  total: number;
  /** What the class of a point counts in. */
  classIds: string[];
  /** What the tag of a point counts in. */
  tags: string[];
  map: PackedMap;
}

/** Whose guesses a map shows: those of the round that is asked for, else of whoever speaks for the project. */
async function findGuesses(db: Db, projectId: string, roundId: string | null) {
  if (roundId !== null) {
    const { id, run } = await getRound(db, { projectId, roundId });
    return { source: { roundId: id }, classIds: run.classIds };
  }
  const speaker = await findSpeaker(db, projectId);
  return (
    speaker && {
      source: speaker.kind === 'round' ? { roundId: speaker.round.id } : { projectId },
      classIds: speaker.classIds,
    }
  );
}

/** What a map of the project counts classes and tags in, and what the one who looks may hear. */
async function readMapParams(db: Db, actor: Actor, project: Project, roundId: string | null) {
  const [classes, guesses, tags] = await Promise.all([
    listClasses(db, project.id),
    findGuesses(db, project.id, roundId),
    listMapTags(db, project.id),
  ]);
  return { classIds: classes.map(({ id }) => id), tags, guesses, blind: blindOf(actor, project) };
}

/** The tags on most images, in the order of their names. */
export const listMapTags = async (db: Db, projectId: string): Promise<string[]> =>
  (await listTags(db, projectId))
    .sort((a, b) => b.images - a.images)
    .slice(0, MAP_TAGS)
    .map(({ tag }) => tag)
    .sort();

/** The pool as the backbone sees it, as far as the one who looks may hear of it; null before anything is embedded. */
export async function readFeatureMap(
  db: Db,
  actor: Actor,
  project: Project,
  { roundId = null }: { roundId?: string | null } = {},
): Promise<FeatureMap | null> {
  const set = await findFeatureSet(db, project.id);
  if (!set) return null;
  const [params, progress] = await Promise.all([
    readMapParams(db, actor, project, roundId),
    listFeatureProgress(db, project.id),
  ]);
  const columns = await query(db, { ...params, setId: set.id, most: MAP_POINTS });
  const { backbone = null, done = 0, total = 0 } = progress.find(({ used }) => used) ?? {};
  return { backbone, done, total, classIds: params.classIds, tags: params.tags, map: packMap(columns) };
}

/**
 * What the map tells of these images by now, for a page that has it: labels come in all the time, places stay. One that
 * has no point, or does not open to who looks, is not among them.
 */
export async function readMapPoints(
  db: Db,
  actor: Actor,
  project: Project,
  { imageIds, roundId = null }: { imageIds: readonly string[]; roundId?: string | null },
): Promise<{ classIds: string[]; tags: string[]; points: ({ imageId: string } & PointFacts)[] }> {
  const params = await readMapParams(db, actor, project, roundId);
  const ids = await listIdsOfProject(db, project.id, imageIds);
  const told = await tellPoints(db, ids, params);
  const points = Array.from(told.at, (at, row) => ({
    imageId: ids[at] ?? '',
    classIndex: told.classIndex[row] ?? NO_CLASS,
    confidence: told.confidence[row] ?? 0,
    labeled: told.labeled[row] === true,
    suspect: told.suspect[row] === true,
    tag: told.tag[row] ?? NO_TAG,
  }));
  const { classIds, tags } = params;
  return { classIds, tags, points: points.filter((_, row) => told.opens[row] === true) };
}

export async function findPlace(db: Db, actor: Actor, project: Project, place: { x: number; y: number }) {
  const set = await findFeatureSet(db, project.id);
  if (!set) return null;
  const blind = blindOf(actor, project);
  const found = await findFeatureMapImage(db, { ...place, setId: set.id, blind, most: MAP_POINTS });
  if (!found) return null;
  const isHidden = await isGuessUnseen(db, { projectId: project.id, imageId: found.imageId, blind });
  return isHidden ? null : found;
}
