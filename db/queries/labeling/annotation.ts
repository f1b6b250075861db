import { and, asc, desc, eq, inArray, lt, ne, sql } from 'drizzle-orm';
import { REVIEW_REASONS } from '#core/project/project.ts';
import { notFound } from '#core/errors.ts';
import type { ProjectSettings } from '#core/project/project.ts';
import type { Db } from '../../client.ts';
import { annotation, image, lease, member, project, projectClass, reviewItem, user } from '../../schema/index.ts';
import { execute, list, nullable, number, oneOf, shape, stored, text, truth } from '../../execute.ts';

/**
 * Locks images of the project for a writer, in the order of their ids; everything that changes what is said about an
 * image starts here. @throws NOT_FOUND when one is not of the project
 */
export async function lockImages(db: Db, params: { projectId: string; imageIds: readonly string[] }) {
  const ids = [...new Set(params.imageIds)];
  const rows = await db
    .select({ id: image.id, split: image.split, goldClassId: image.goldClassId, assignedTo: image.assignedTo })
    .from(image)
    .where(and(eq(image.projectId, params.projectId), inArray(image.id, ids)))
    .orderBy(asc(image.id))
    .for('update');
  if (rows.length < ids.length) throw notFound('image');
  return rows;
}

export async function findAnnotation(db: Db, id: string) {
  const [row] = await db.select().from(annotation).where(eq(annotation.id, id));
  return row ?? null;
}

export const listAnnotations = async (db: Db, ids: readonly string[]) =>
  ids.length === 0
    ? []
    : db
        .select()
        .from(annotation)
        .where(inArray(annotation.id, [...ids]));

/**
 * What a writer of decisions must know before, in one statement: what the project asks for, which of these ids are
 * there already, which classes are the project's, which review items of these images are open, and which leases the
 * member holds on them; the leases stay so while the images are locked. @throws NOT_FOUND when there is no such project
 */
export async function readBefore(
  db: Db,
  params: {
    projectId: string;
    memberId: string;
    ids: readonly string[];
    classIds: readonly string[];
    imageIds: readonly string[];
  },
) {
  const [row] = await execute(
    db,
    sql`
    select settings,
      (select coalesce(json_agg(json_build_object('id', id, 'memberId', member_id, 'imageId', image_id, 'late', late)),
        '[]')
        from ${annotation} where id = any(${sql.param([...params.ids])}::uuid[])) as known,
      (select coalesce(json_agg(json_build_object('id', id, 'standing', coalesce(merged_into_id, id))), '[]')
        from ${projectClass} where project_id = ${params.projectId}
          and id = any(${sql.param([...params.classIds])}::uuid[])) as classes,
      (select coalesce(json_agg(json_build_object('id', id, 'imageId', image_id, 'reason', reason, 'heldBy', held_by)
        order by id), '[]')
        from ${reviewItem} where image_id = any(${sql.param([...params.imageIds])}::uuid[])
          and status = 'open') as items,
      (select coalesce(json_agg(json_build_object('imageId', image_id, 'token', token)), '[]')
        from ${lease} where image_id = any(${sql.param([...params.imageIds])}::uuid[])
          and member_id = ${params.memberId}) as leases
    from ${project} where id = ${params.projectId}`,
    {
      settings: stored<ProjectSettings>(),
      known: list(shape({ id: text, memberId: text, imageId: text, late: truth })),
      classes: list(shape({ id: text, standing: text })),
      items: list(shape({ id: text, imageId: text, reason: oneOf(...REVIEW_REASONS), heldBy: nullable(text) })),
      leases: list(shape({ imageId: text, token: number })),
    },
  );
  if (!row) throw notFound('project');
  return row;
}

/** Appends annotations. Returns the ids that are new: the same decision sent twice is one. */
export async function insertAnnotations(db: Db, rows: (typeof annotation.$inferInsert)[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const inserted = await db.insert(annotation).values(rows).onConflictDoNothing().returning({ id: annotation.id });
  return new Set(inserted.map((row) => row.id));
}

/** A member's own annotations that still stand, newest first: what undo walks back through. */
export const listOwnAnnotations = (
  db: Db,
  params: { projectId: string; memberId: string; beforeSeq?: number; limit: number },
) =>
  db
    .select({
      id: annotation.id,
      seq: annotation.seq,
      imageId: annotation.imageId,
      kind: annotation.kind,
      classId: annotation.classId,
      source: annotation.source,
      reviewItemId: annotation.reviewItemId,
      createdAt: annotation.createdAt,
      durationMs: annotation.durationMs,
      late: annotation.late,
      fileName: image.fileName,
      width: image.width,
      height: image.height,
      flagged: image.flagged,
    })
    .from(annotation)
    .innerJoin(image, eq(image.id, annotation.imageId))
    .where(
      and(
        eq(annotation.projectId, params.projectId),
        eq(annotation.memberId, params.memberId),
        ne(annotation.kind, 'undo'),
        params.beforeSeq === undefined ? undefined : lt(annotation.seq, params.beforeSeq),
        sql`not exists (select 1 from ${annotation} u where u.undoes_id = ${annotation.id})`,
      ),
    )
    .orderBy(desc(annotation.seq))
    .limit(params.limit);

/** Everything that was ever said about an image, newest first, with who said it. */
export const listHistory = (db: Db, params: { projectId: string; imageId: string }) =>
  db
    .select({
      id: annotation.id,
      kind: annotation.kind,
      classId: annotation.classId,
      source: annotation.source,
      undoesId: annotation.undoesId,
      late: annotation.late,
      guessShown: annotation.guessShown,
      reason: annotation.reason,
      createdAt: annotation.createdAt,
      memberId: annotation.memberId,
      memberName: user.name,
    })
    .from(annotation)
    .innerJoin(member, eq(member.id, annotation.memberId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(annotation.projectId, params.projectId), eq(annotation.imageId, params.imageId)))
    .orderBy(desc(annotation.seq));
