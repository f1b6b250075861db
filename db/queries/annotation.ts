import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import type { Db } from '../client.ts';
import { annotation, image, member, user } from '../schema/index.ts';

/** Locks an image of the project for a writer; everything that changes what is said about an image starts here. */
export async function lockImage(db: Db, params: { projectId: string; imageId: string }) {
  const [row] = await db
    .select({ id: image.id, split: image.split, goldClassId: image.goldClassId })
    .from(image)
    .where(and(eq(image.id, params.imageId), eq(image.projectId, params.projectId)))
    .for('update');
  if (!row) throw notFound('image');
  return row;
}

export async function findAnnotation(db: Db, id: string) {
  const [row] = await db.select().from(annotation).where(eq(annotation.id, id));
  return row ?? null;
}

/** Appends one judgment. False when this id was there already: the same decision sent twice. */
export async function insertAnnotation(db: Db, row: typeof annotation.$inferInsert): Promise<boolean> {
  const rows = await db.insert(annotation).values(row).onConflictDoNothing().returning({ id: annotation.id });
  return rows.length > 0;
}

/** A member's own judgments that still stand, newest first: what undo walks back through. */
export const listOwnAnnotations = (db: Db, params: { projectId: string; memberId: string; beforeSeq?: number; limit: number }) =>
  db
    .select({
      id: annotation.id, seq: annotation.seq, imageId: annotation.imageId, kind: annotation.kind, classId: annotation.classId,
      source: annotation.source, createdAt: annotation.createdAt, durationMs: annotation.durationMs, late: annotation.late,
    })
    .from(annotation)
    .where(and(
      eq(annotation.projectId, params.projectId),
      eq(annotation.memberId, params.memberId),
      ne(annotation.kind, 'undo'),
      params.beforeSeq === undefined ? undefined : lt(annotation.seq, params.beforeSeq),
      sql`not exists (select 1 from ${annotation} u where u.undoes_id = ${annotation.id})`,
    ))
    .orderBy(desc(annotation.seq))
    .limit(params.limit);

/** Everything that was ever said about an image, newest first, with who said it. */
export const listHistory = (db: Db, params: { projectId: string; imageId: string }) =>
  db
    .select({
      id: annotation.id, kind: annotation.kind, classId: annotation.classId, source: annotation.source, undoesId: annotation.undoesId,
      late: annotation.late, guessShown: annotation.guessShown, guessClassId: annotation.guessClassId, reason: annotation.reason,
      createdAt: annotation.createdAt, memberId: annotation.memberId, memberName: user.name,
    })
    .from(annotation)
    .innerJoin(member, eq(member.id, annotation.memberId))
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(annotation.projectId, params.projectId), eq(annotation.imageId, params.imageId)))
    .orderBy(desc(annotation.seq));
