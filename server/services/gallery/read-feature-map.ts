import { packMap } from '#core/round/point-map.ts';
import type { PackedMap } from '#core/round/point-map.ts';
import type { Db } from '#db/client.ts';
import { isGuessUnseen } from '#db/queries/blind.ts';
import { findFeatureMapImage, readFeatureMap as query } from '#db/queries/image/feature-map.ts';
import { findFeatureSet, listFeatureProgress } from '#db/queries/image/feature-set.ts';
import { findSpeaker } from '#db/queries/labeling/live-teacher.ts';
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
  map: PackedMap;
}

/** The pool as the backbone sees it, as far as the one who looks may hear of it; null before anything is embedded. */
export async function readFeatureMap(db: Db, actor: Actor, project: Project): Promise<FeatureMap | null> {
  const set = await findFeatureSet(db, project.id);
  if (!set) return null;
  const [classes, speaker, progress] = await Promise.all([
    listClasses(db, project.id),
    findSpeaker(db, project.id),
    listFeatureProgress(db, project.id),
  ]);
  const classIds = classes.map(({ id }) => id);
  const columns = await query(db, {
    setId: set.id,
    classIds,
    guesses: speaker && {
      source: speaker.kind === 'round' ? { roundId: speaker.round.id } : { projectId: project.id },
      classIds: speaker.classIds,
    },
    blind: blindOf(actor, project),
    most: MAP_POINTS,
  });
  const { backbone = null, done = 0, total = 0 } = progress.find(({ used }) => used) ?? {};
  return { backbone, done, total, classIds, map: packMap(columns) };
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
