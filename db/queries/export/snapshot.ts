import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { notFound } from '#core/errors.ts';
import type { SnapshotEntry } from '#core/export/snapshots.ts';
import type { Db } from '../../client.ts';
import { image, imageAside, imageLikeness, imageTag, snapshot, snapshotItem } from '../../schema/index.ts';
import { standingClass } from '../project/merge-class.ts';

/** What was deleted goes for good in a few days: until then no copy is made of it, whatever froze it. */
export const notDeleted = (imageId: SQL): SQL =>
  sql`not exists (select 1 from ${imageAside} a where a.image_id = ${imageId} and a.kind = 'deleted')`;

/** Freezes the labeled set as it stands: every image whose consensus is settled. */
export async function insertSnapshot(
  db: Db,
  row: { projectId: string; name: string; note: string; createdBy: string },
): Promise<{ id: string; count: number }> {
  const made = await db.insert(snapshot).values(row).returning({ id: snapshot.id });
  const { id } = must(made, 0, 'snapshot');
  const copied = await db.execute(sql`
    insert into snapshot_item (snapshot_id, image_id, class_id, split)
    select ${id}, id, consensus_class_id, split from image
    where project_id = ${row.projectId} and split <> 'out' and consensus_state in ('agreed', 'adjudicated')
      and consensus_class_id is not null`);
  const count = copied.rowCount ?? 0;
  await db.update(snapshot).set({ count }).where(eq(snapshot.id, id));
  return { id, count };
}

export const listSnapshots = (db: Db, projectId: string) =>
  db
    .select({
      id: snapshot.id,
      name: snapshot.name,
      note: snapshot.note,
      count: snapshot.count,
      createdAt: snapshot.createdAt,
      createdBy: snapshot.createdBy,
    })
    .from(snapshot)
    .where(eq(snapshot.projectId, projectId))
    .orderBy(desc(snapshot.createdAt))
    .limit(200);

export async function getSnapshot(db: Db, params: { projectId: string; snapshotId: string }) {
  const [found] = await db
    .select()
    .from(snapshot)
    .where(and(eq(snapshot.id, params.snapshotId), eq(snapshot.projectId, params.projectId)));
  if (!found) throw notFound('snapshot');
  return found;
}

/** Another name or note; what it froze stays. */
export async function updateSnapshotWords(
  db: Db,
  params: { projectId: string; snapshotId: string },
  words: { name?: string; note?: string },
): Promise<void> {
  if (words.name === undefined && words.note === undefined) return;
  await db
    .update(snapshot)
    .set(words)
    .where(and(eq(snapshot.id, params.snapshotId), eq(snapshot.projectId, params.projectId)));
}

/**
 * Images of a snapshot with all that a copy of them needs, in order of id; a class is the one that it stands for today.
 */
export const listSnapshotImages = (db: Db, params: { snapshotId: string; after: string | null; limit: number }) =>
  db
    .select({
      image,
      split: snapshotItem.split,
      classId: sql<string>`${standingClass(sql`${snapshotItem.classId}`)}`,
      hash: imageLikeness.hash,
      gray: imageLikeness.gray,
      tags: sql<string[]>`array(select t.tag from ${imageTag} t where t.image_id = ${image.id} order by t.tag)`,
    })
    .from(snapshotItem)
    .innerJoin(image, eq(image.id, snapshotItem.imageId))
    .leftJoin(imageLikeness, eq(imageLikeness.imageId, image.id))
    .where(
      and(
        eq(snapshotItem.snapshotId, params.snapshotId),
        notDeleted(sql`${image.id}`),
        params.after === null ? undefined : gt(snapshotItem.imageId, params.after),
      ),
    )
    .orderBy(asc(snapshotItem.imageId))
    .limit(params.limit);

/**
 * What a snapshot says, in order of image id, read so many entries at a time. @throws AppError NOT_FOUND when the
 * project has no such snapshot
 */
export async function* readSnapshotItems(
  db: Db,
  params: { projectId: string; snapshotId: string; page?: number },
): AsyncGenerator<SnapshotEntry> {
  const { projectId, snapshotId, page = 5000 } = params;
  await getSnapshot(db, { projectId, snapshotId });
  let after: string | undefined;
  do {
    const rows = await db
      .select({ imageId: snapshotItem.imageId, classId: snapshotItem.classId, split: snapshotItem.split })
      .from(snapshotItem)
      .where(
        and(eq(snapshotItem.snapshotId, snapshotId), after === undefined ? undefined : gt(snapshotItem.imageId, after)),
      )
      .orderBy(asc(snapshotItem.imageId))
      .limit(page);
    yield* rows;
    after = rows.length < page ? undefined : rows.at(-1)?.imageId;
  } while (after !== undefined);
}
