import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { OUT } from '#core/image/change.ts';
import type { AsideKind, Changeable, ImageChange, Place } from '#core/image/change.ts';
import type { Split } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { execute, nullable, oneOf, text, truth } from '../../execute.ts';
import {
  annotation,
  image,
  imageAside,
  imageChange,
  imageTag,
  lease,
  liveGuess,
  liveSuspect,
  prediction,
  reviewItem,
} from '../../schema/index.ts';
import type { ImageBefore } from '../../schema/index.ts';

export interface ChangeableImage extends Changeable {
  id: string;
  reason: string;
  /** Where it was before it was put aside. */
  split: Split | null;
}

/** Three parameters each, of the 65,535 that a statement may have. */
const ROWS_AT_ONCE = 10_000;

const uuids = (ids: readonly string[]) => sql`${sql.param([...ids])}::uuid[]`;

/** Images of a project as they stand, locked in the order of their ids; ids of other projects are passed over. */
export const lockForChange = (
  db: Db,
  params: { projectId: string; imageIds: readonly string[] },
): Promise<ChangeableImage[]> =>
  execute(
    db,
    sql`
    with locked as materialized (
      select id, split, priority from ${image} where project_id = ${params.projectId}
        and id = any(${uuids(params.imageIds)}) order by id for update
    )
    select l.id, l.split as place, s.kind as aside, coalesce(s.reason, '') as reason, s.split,
      exists (select 1 from ${annotation} a where a.image_id = l.id and a.kind = 'decide'
        and (a.source = 'review' or (a.source in ('label', 'grid') and l.priority <> 0))) as "chosenByModel"
    from locked l left join ${imageAside} s on s.image_id = l.id order by l.id`,
    {
      id: text,
      place: oneOf('pool', 'validation', 'test', 'out'),
      aside: nullable(oneOf('excluded', 'deleted')),
      reason: text,
      split: nullable(oneOf('pool', 'validation', 'test')),
      chosenByModel: truth,
    },
  );

/** Notes what stood before a stroke. Returns the images that this stroke had not changed yet. */
export async function noteChanges(
  db: Db,
  stroke: { strokeId: string; projectId: string; change: ImageChange },
  images: readonly ChangeableImage[],
): Promise<Set<string>> {
  if (images.length === 0) return new Set();
  const rows = await db
    .insert(imageChange)
    .values(
      images.map(({ id, place, aside, reason, split }) => ({
        ...stroke,
        imageId: id,
        before: { place, aside: aside && split ? { kind: aside, reason, split } : null },
      })),
    )
    .onConflictDoNothing()
    .returning({ imageId: imageChange.imageId });
  return new Set(rows.map(({ imageId }) => imageId));
}

/**
 * Takes images out of every split: nobody is asked about them any more. What was said of them stays. The images are
 * locked by the caller.
 */
export async function putAside(
  db: Db,
  by: { projectId: string; memberId: string; kind: AsideKind; reason: string },
  images: readonly { id: string; split: Split }[],
): Promise<void> {
  if (images.length === 0) return;
  const ids = images.map(({ id }) => id);
  await db
    .insert(imageAside)
    .values(images.map(({ id, split }) => ({ ...by, imageId: id, split })))
    .onConflictDoUpdate({
      target: imageAside.imageId,
      set: { kind: by.kind, reason: by.reason, memberId: by.memberId, createdAt: sql`now()` },
    });
  await db.execute(sql`delete from ${lease} where image_id = any(${uuids(ids)})`);
  await setPlaces(
    db,
    ids.map((id) => ({ id, place: OUT })),
  );
  await db.execute(sql`delete from ${liveGuess} where image_id = any(${uuids(ids)})`);
  await db.execute(sql`delete from ${liveSuspect} where image_id = any(${uuids(ids)})`);
  await closeReview(db, ids);
}

/** Puts images that were aside back where they were. The images are locked by the caller. */
export async function takeBack(db: Db, images: readonly { id: string; split: Split }[]): Promise<void> {
  if (images.length === 0) return;
  const ids = images.map(({ id }) => id);
  await db.delete(imageAside).where(inArray(imageAside.imageId, ids));
  await setPlaces(
    db,
    images.map(({ id, split }) => ({ id, place: split })),
  );
}

/**
 * What leaves the pool is measured on from now on: what models said of it and asked about it goes, and it comes in a
 * random order. The images are locked by the caller.
 */
export async function forgetGuesses(db: Db, imageIds: readonly string[]): Promise<void> {
  if (imageIds.length === 0) return;
  const ids = uuids(imageIds);
  await db.execute(sql`
    update ${image} set priority = case when priority = 0 then 0 else shuffle end where id = any(${ids})`);
  await db.execute(sql`delete from ${prediction} where image_id = any(${ids})`);
  await db.execute(sql`delete from ${liveGuess} where image_id = any(${ids})`);
  await db.execute(sql`delete from ${liveSuspect} where image_id = any(${ids})`);
  await closeReview(db, imageIds);
}

const closeReview = (db: Db, imageIds: readonly string[]) =>
  db.execute(
    sql`update ${reviewItem} set status = 'closed' where image_id = any(${uuids(imageIds)}) and status = 'open'`,
  );

/** Moves images to a split each, or out of all; leases of what goes out have ended. Locked by the caller. */
export async function setPlaces(db: Db, images: readonly { id: string; place: Place }[]): Promise<void> {
  if (images.length === 0) return;
  await db.execute(sql`
    update ${image} i set split = v.place, lease_count = case when v.place = ${OUT} then 0 else i.lease_count end
    from unnest(${uuids(images.map(({ id }) => id))}, ${sql.param(images.map(({ place }) => place))}::text[])
      as v(id, place) where i.id = v.id`);
}

/** Gives images a tag. Returns those that did not have it. */
export async function addTag(
  db: Db,
  params: { projectId: string; tag: string; imageIds: readonly string[] },
): Promise<Set<string>> {
  if (params.imageIds.length === 0) return new Set();
  const rows = await db
    .insert(imageTag)
    .values(params.imageIds.map((id) => ({ imageId: id, projectId: params.projectId, tag: params.tag })))
    .onConflictDoNothing()
    .returning({ imageId: imageTag.imageId });
  return new Set(rows.map(({ imageId }) => imageId));
}

/** Gives images the tags that came with them. */
export async function addTags(
  db: Db,
  projectId: string,
  rows: readonly { imageId: string; tag: string }[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await db
      .insert(imageTag)
      .values(rows.slice(at, at + ROWS_AT_ONCE).map((row) => ({ ...row, projectId })))
      .onConflictDoNothing();
}

/** Takes a tag from images. Returns those that had it. */
export async function removeTag(
  db: Db,
  params: { projectId: string; tag: string; imageIds: readonly string[] },
): Promise<Set<string>> {
  if (params.imageIds.length === 0) return new Set();
  const rows = await db
    .delete(imageTag)
    .where(
      and(
        eq(imageTag.projectId, params.projectId),
        eq(imageTag.tag, params.tag),
        inArray(imageTag.imageId, [...params.imageIds]),
      ),
    )
    .returning({ imageId: imageTag.imageId });
  return new Set(rows.map(({ imageId }) => imageId));
}

export interface StrokePiece {
  imageId: string;
  change: ImageChange;
  before: ImageBefore;
}

/** Some of what a stroke did, in the order of the images' ids. */
export const listStroke = (
  db: Db,
  params: { projectId: string; strokeId: string; limit: number },
): Promise<StrokePiece[]> =>
  db
    .select({ imageId: imageChange.imageId, change: imageChange.change, before: imageChange.before })
    .from(imageChange)
    .where(and(eq(imageChange.strokeId, params.strokeId), eq(imageChange.projectId, params.projectId)))
    .orderBy(asc(imageChange.imageId))
    .limit(params.limit);

/** What was taken back is no stroke any more. */
export async function forgetStroke(db: Db, params: { strokeId: string; imageIds: readonly string[] }): Promise<void> {
  await db
    .delete(imageChange)
    .where(and(eq(imageChange.strokeId, params.strokeId), inArray(imageChange.imageId, [...params.imageIds])));
}

/** Of these contents, the images of the project that were deleted and are still there. */
export const listDeletedByHash = async (db: Db, projectId: string, hashes: readonly string[]): Promise<string[]> => {
  if (hashes.length === 0) return [];
  const rows = await db
    .select({ id: image.id })
    .from(image)
    .innerJoin(imageAside, and(eq(imageAside.imageId, image.id), eq(imageAside.kind, 'deleted')))
    .where(and(eq(image.projectId, projectId), inArray(image.contentHash, [...hashes])));
  return rows.map(({ id }) => id);
};
