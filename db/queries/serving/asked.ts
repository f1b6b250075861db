import { and, desc, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { askedImage, image, member, projectClass, user } from '../../schema/index.ts';

/** Keeps what was asked; the same picture again is one row, the newest. */
export async function upsertAsked(db: Db, row: typeof askedImage.$inferInsert): Promise<void> {
  const { projectId: _projectId, contentHash: _contentHash, ...rest } = row;
  await db
    .insert(askedImage)
    .values(row)
    .onConflictDoUpdate({
      target: [askedImage.projectId, askedImage.contentHash],
      set: { ...rest, askedAt: sql`now()` },
    });
}

/** Takes away all but the newest `kept`; returns what their files are called by. */
export async function dropAsked(db: Db, projectId: string, kept: number): Promise<string[]> {
  const rows = await db
    .delete(askedImage)
    .where(
      and(
        eq(askedImage.projectId, projectId),
        inArray(
          askedImage.id,
          db
            .select({ id: askedImage.id })
            .from(askedImage)
            .where(eq(askedImage.projectId, projectId))
            .orderBy(desc(askedImage.askedAt), desc(askedImage.id))
            .offset(kept),
        ),
      ),
    )
    .returning({ contentHash: askedImage.contentHash });
  return rows.map(({ contentHash }) => contentHash);
}

const SHOWN = 120;

/** The newest first, with who asked and what was answered. */
export const listAsked = (db: Db, projectId: string) =>
  db
    .select({
      id: askedImage.id,
      contentHash: askedImage.contentHash,
      width: askedImage.width,
      height: askedImage.height,
      probability: askedImage.probability,
      classId: askedImage.classId,
      className: projectClass.name,
      askedAt: askedImage.askedAt,
      sentAt: askedImage.sentAt,
      memberName: user.name,
    })
    .from(askedImage)
    .leftJoin(projectClass, eq(projectClass.id, askedImage.classId))
    .leftJoin(member, eq(member.id, askedImage.memberId))
    .leftJoin(user, eq(user.id, member.userId))
    .where(eq(askedImage.projectId, projectId))
    .orderBy(desc(askedImage.askedAt), desc(askedImage.id))
    .limit(SHOWN);

/** Of these, what was not sent to review yet. */
export const listUnsent = (db: Db, params: { projectId: string; ids: readonly string[] }) =>
  db
    .select()
    .from(askedImage)
    .where(
      and(
        eq(askedImage.projectId, params.projectId),
        inArray(askedImage.id, [...params.ids]),
        isNull(askedImage.sentAt),
      ),
    );

export async function markSent(db: Db, ids: readonly string[]): Promise<void> {
  await db
    .update(askedImage)
    .set({ sentAt: sql`now()` })
    .where(inArray(askedImage.id, [...ids]));
}

/** A picture that was asked and is kept; null unless it is the project's. */
export async function findAsked(db: Db, params: { projectId: string; id: string }) {
  const [row] = await db
    .select({ contentHash: askedImage.contentHash })
    .from(askedImage)
    .where(and(eq(askedImage.projectId, params.projectId), eq(askedImage.id, params.id)));
  return row ?? null;
}

/** Which of these contents the project holds, in whatever split. */
export const listKnownHashes = async (db: Db, projectId: string, hashes: readonly string[]): Promise<string[]> =>
  (
    await db
      .select({ contentHash: image.contentHash })
      .from(image)
      .where(and(eq(image.projectId, projectId), inArray(image.contentHash, [...hashes])))
  ).map(({ contentHash }) => contentHash);

/** Images of the pool with these contents that nobody has settled. */
export const listOpenByHash = (db: Db, projectId: string, hashes: readonly string[]) =>
  db
    .select({ id: image.id, contentHash: image.contentHash })
    .from(image)
    .where(
      and(
        eq(image.projectId, projectId),
        inArray(image.contentHash, [...hashes]),
        eq(image.split, 'pool'),
        notInArray(image.consensusState, ['agreed', 'adjudicated']),
      ),
    );
