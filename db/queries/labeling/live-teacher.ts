import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { choosesLive } from '#core/live-teacher/live-teacher.ts';
import { SPLITS } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { packIds } from '../../packed-embeddings.ts';
import {
  featureSet,
  featureShard,
  image,
  liveGuess,
  liveSuspect,
  liveTeacher,
  project,
  projectClass,
  projectCounter,
} from '../../schema/index.ts';
import { findBestRound } from '../round/map-round.ts';
import type { MapRound } from '../round/map-round.ts';
import { execute, text, truth } from '../../execute.ts';

export type LiveTeacherRow = typeof liveTeacher.$inferSelect;

export async function findLiveTeacher(db: Db, projectId: string): Promise<LiveTeacherRow | null> {
  const [row] = await db.select().from(liveTeacher).where(eq(liveTeacher.projectId, projectId));
  return row ?? null;
}

/** Who speaks of open images of the pool where one answer is wanted. */
export type Speaker =
  | { kind: 'round'; round: MapRound; classIds: readonly string[] }
  | { kind: 'live'; classIds: readonly string[]; labels: number };

/** The standing round or the live teacher, whichever is the better; null before either. */
export async function findSpeaker(db: Db, projectId: string): Promise<Speaker | null> {
  const [round, live] = await Promise.all([findBestRound(db, { projectId }), findLiveTeacher(db, projectId)]);
  const taught = live && live.labels > 0 ? live : null;
  if (taught && choosesLive(taught.figures, round && (round.accuracy ?? 0)))
    return { kind: 'live', classIds: taught.classIds, labels: taught.labels };
  return round && { kind: 'round', round, classIds: round.classIds };
}

/** What there is to learn from in a project, as one text: what the live teacher has seen while it is the same. */
const seenNow = sql`concat_ws(':', s.id,
  (select coalesce(sum(h.images), 0) from ${featureShard} h where h.set_id = s.id and h.status = 'done'),
  (select coalesce(sum(c.images), 0) from ${projectCounter} c
    where c.project_id = p.id and c.split = 'pool' and c.state in ('agreed', 'adjudicated')),
  (select count(*) from ${projectClass} k where k.project_id = p.id), p.settings->>'order')`;

/** The set that is used: as findFeatureSet chooses, for many projects at once. */
const usedSet = sql`lateral (
  select f.id from ${featureSet} f where f.project_id = p.id and f.width is not null
  order by f.ready_at is not null desc, f.created_at desc limit 1)`;

/** Projects whose live teacher has not seen what there is. Labels that only changed are heard by their events. */
export async function listStaleTeachers(db: Db, limit: number): Promise<string[]> {
  const rows = await execute(
    db,
    sql`
    select p.id from ${project} p join ${usedSet} s on true left join ${liveTeacher} t on t.project_id = p.id
    where p.status = 'active' and (t.seen is null or t.seen <> ${seenNow}) order by t.fitted_at nulls first
    limit ${limit}`,
    { id: text },
  );
  return rows.map(({ id }) => id);
}

export async function readSeen(db: Db, projectId: string): Promise<string | null> {
  const rows = await execute(
    db,
    sql`
    select ${seenNow} as seen from ${project} p join ${usedSet} s on true
    where p.id = ${projectId} and p.status = 'active'`,
    { seen: text },
  );
  return rows[0]?.seen ?? null;
}

/** Settled human answers of a split, with their class. Gold answers are not among them. */
export async function listLabels(
  db: Db,
  params: { projectId: string; split: 'pool' | 'validation' },
): Promise<{ imageId: string; classId: string }[]> {
  const rows = await db
    .select({ imageId: image.id, classId: image.consensusClassId })
    .from(image)
    .where(
      and(
        eq(image.projectId, params.projectId),
        eq(image.split, params.split),
        inArray(image.consensusState, ['agreed', 'adjudicated']),
      ),
    )
    .orderBy(asc(image.id));
  return rows.flatMap(({ imageId, classId }) => (classId === null ? [] : [{ imageId, classId }]));
}

/** Images of a split, and whether each is still open; in the order of the import's draw. */
export async function listDrawn(
  db: Db,
  { projectId, split }: { projectId: string; split: 'pool' | 'validation' },
): Promise<{ id: string; open: boolean }[]> {
  const rows = await execute(
    db,
    sql`
    select id, consensus_state = 'none' as open from ${image} where project_id = ${projectId} and split = ${split}
    order by shuffle, id`,
    { id: text, open: truth },
  );
  return rows;
}

export interface LiveFit {
  projectId: string;
  setId: string;
  classIds: string[];
  labels: number;
  seen: string;
  order: LiveTeacherRow['order'];
  ranks: readonly string[];
  figures: LiveTeacherRow['figures'];
  seconds: number;
  suspects: readonly {
    imageId: string;
    givenClassId: string;
    suggestedClassId: string;
    confidence: number;
    margin: number;
  }[];
}

/** Stores what a fit says of itself, and the labels that it doubts. Returns its version. */
export const storeFit = (db: Db, fit: LiveFit): Promise<number> =>
  db.transaction(async (tx) => {
    const { projectId, suspects, ranks, ...rest } = fit;
    const row = { ...rest, ranks: packIds(ranks), fittedAt: sql`now()` };
    const [stored] = await tx
      .insert(liveTeacher)
      .values({ projectId, ...row })
      .onConflictDoUpdate({
        target: liveTeacher.projectId,
        set: { ...row, version: sql`${liveTeacher.version} + 1` },
      })
      .returning({ version: liveTeacher.version });
    await tx.delete(liveSuspect).where(eq(liveSuspect.projectId, projectId));
    if (suspects.length > 0) await tx.insert(liveSuspect).values(suspects.map((one) => ({ projectId, ...one })));
    return stored?.version ?? 1;
  });

/** Guesses written in one statement, and how far a confidence may move before it is written anew. */
const WRITTEN = 5000;
const MOVED = 0.005;

export interface LiveGuesses {
  imageIds: readonly string[];
  classIndex: ArrayLike<number>;
  confidence: ArrayLike<number>;
}

/**
 * Puts these guesses in the place of those that there were. Only pool images take one, whoever asks: IMAGE-7. A guess
 * that hardly moved is left as it stands, so that a fit writes what it changed.
 */
export async function storeGuesses(db: Db, projectId: string, guesses: LiveGuesses): Promise<void> {
  const { imageIds, classIndex, confidence } = guesses;
  await db.execute(sql`
    delete from ${liveGuess} g using ${image} i
    where g.project_id = ${projectId} and i.id = g.image_id and i.split <> 'pool'`);
  const before = await db
    .select({ id: liveGuess.imageId, classIndex: liveGuess.classIndex, confidence: liveGuess.confidence })
    .from(liveGuess)
    .where(eq(liveGuess.projectId, projectId));
  const known = new Map(before.map((row) => [row.id, row]));
  const moved: number[] = [];
  imageIds.forEach((id, at) => {
    const own = known.get(id);
    known.delete(id);
    const moves = !own || own.classIndex !== classIndex[at] || Math.abs(own.confidence - (confidence[at] ?? 0)) > MOVED;
    if (moves) moved.push(at);
  });
  const gone = [...known.keys()];
  for (let start = 0; start < gone.length; start += WRITTEN)
    await db
      .delete(liveGuess)
      .where(and(eq(liveGuess.projectId, projectId), inArray(liveGuess.imageId, gone.slice(start, start + WRITTEN))));
  for (let start = 0; start < moved.length; start += WRITTEN) {
    const some = moved.slice(start, start + WRITTEN);
    await db.execute(sql`
      insert into ${liveGuess} (project_id, image_id, class_index, confidence)
      select ${projectId}, i.id, w.class_index, w.confidence
      from unnest(${sql.param(some.map((at) => imageIds[at]))}::uuid[],
        ${sql.param(some.map((at) => classIndex[at]))}::int[],
        ${sql.param(some.map((at) => confidence[at]))}::real[]) as w(id, class_index, confidence)
      join ${image} i on i.id = w.id and i.project_id = ${projectId} and i.split = 'pool'
      on conflict (project_id, image_id) do update
        set class_index = excluded.class_index, confidence = excluded.confidence`);
  }
}

const SUSPECTS_SHOWN = 60;

/** Labels that the live teacher doubts, the clearest first, as far as they stand as it saw them. */
export async function listLiveSuspects(db: Db, projectId: string) {
  return db
    .select({
      imageId: liveSuspect.imageId,
      fileName: image.fileName,
      givenClassId: liveSuspect.givenClassId,
      suggestedClassId: liveSuspect.suggestedClassId,
      confidence: liveSuspect.confidence,
    })
    .from(liveSuspect)
    .innerJoin(
      image,
      and(
        eq(image.id, liveSuspect.imageId),
        eq(image.consensusClassId, liveSuspect.givenClassId),
        inArray(image.split, SPLITS),
      ),
    )
    .where(eq(liveSuspect.projectId, projectId))
    .orderBy(desc(liveSuspect.margin), asc(liveSuspect.imageId))
    .limit(SUSPECTS_SHOWN);
}
