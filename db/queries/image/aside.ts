import { and, asc, count, eq, inArray, lt, notExists, sql } from 'drizzle-orm';
import type { AsideKind } from '#core/image/change.ts';
import type { Split } from '#core/project/project.ts';
import { RUN_STATUSES, isRunEnded } from '#core/run/run.ts';
import type { Db } from '../../client.ts';
import {
  image,
  imageAside,
  imageChange,
  imageTag,
  member,
  pseudoLabel,
  round,
  roundLabel,
  run,
  user,
} from '../../schema/index.ts';

/** A run that may still ask for images: also one that is paused. */
const underWay = inArray(
  run.status,
  RUN_STATUSES.filter((status) => !isRunEnded(status)),
);

/** Why an image is in no split, since when and by whom; null for one that is in one. */
export async function findAside(
  db: Db,
  imageId: string,
): Promise<{ kind: AsideKind; reason: string; split: Split; by: string | null; createdAt: Date } | null> {
  const [row] = await db
    .select({
      kind: imageAside.kind,
      reason: imageAside.reason,
      split: imageAside.split,
      by: user.name,
      createdAt: imageAside.createdAt,
    })
    .from(imageAside)
    .leftJoin(member, eq(member.id, imageAside.memberId))
    .leftJoin(user, eq(user.id, member.userId))
    .where(eq(imageAside.imageId, imageId));
  return row ?? null;
}

/** How many images of a project are excluded, and how many deleted ones can still be taken back. */
export async function countAside(db: Db, projectId: string): Promise<Record<AsideKind, number>> {
  const rows = await db
    .select({ kind: imageAside.kind, n: count() })
    .from(imageAside)
    .where(eq(imageAside.projectId, projectId))
    .groupBy(imageAside.kind);
  return { excluded: 0, deleted: 0, ...Object.fromEntries(rows.map(({ kind, n }) => [kind, n])) };
}

export const listTagsOf = async (db: Db, imageId: string): Promise<string[]> =>
  (
    await db
      .select({ tag: imageTag.tag })
      .from(imageTag)
      .where(eq(imageTag.imageId, imageId))
      .orderBy(asc(imageTag.tag))
  ).map(({ tag }) => tag);

/** The tags of a project, each with how many images have it; the first thousand by name. */
export const listTags = (db: Db, projectId: string) =>
  db
    .select({ tag: imageTag.tag, images: count() })
    .from(imageTag)
    .where(eq(imageTag.projectId, projectId))
    .groupBy(imageTag.tag)
    .orderBy(asc(imageTag.tag))
    .limit(1000);

/**
 * Deletes for good what was deleted so many days ago, at most so many images, and forgets strokes that old. What a run
 * is under way with waits for its end. Returns the images that went, and which contents.
 */
export const purgeDeleted = (
  db: Db,
  params: { days: number; images: number },
): Promise<{ projectId: string; contentHash: string; originalSha256: string | null }[]> =>
  db.transaction(async (tx) => {
    const old = sql`now() - make_interval(days => ${params.days}::int)`;
    await tx.delete(imageChange).where(lt(imageChange.createdAt, old));
    const due = await tx
      .select({ id: imageAside.imageId })
      .from(imageAside)
      .where(
        and(
          eq(imageAside.kind, 'deleted'),
          lt(imageAside.createdAt, old),
          notExists(
            tx
              .select({ id: run.id })
              .from(run)
              .where(and(eq(run.projectId, imageAside.projectId), underWay)),
          ),
        ),
      )
      .orderBy(asc(imageAside.imageId))
      .limit(params.images)
      .for('update', { of: imageAside, skipLocked: true });
    if (due.length === 0) return [];
    return tx
      .delete(image)
      .where(
        inArray(
          image.id,
          due.map(({ id }) => id),
        ),
      )
      .returning({
        projectId: image.projectId,
        contentHash: image.contentHash,
        originalSha256: image.originalSha256,
      });
  });

/** Images that a run's rounds have frozen and that were put aside since. */
export async function countGone(db: Db, params: { projectId: string; runId: string }): Promise<number> {
  const rounds = sql`(select ${round.id} from ${round} where ${round.runId} = ${params.runId})`;
  const [row] = await db
    .select({ n: count() })
    .from(imageAside)
    .where(
      and(
        eq(imageAside.projectId, params.projectId),
        sql`(exists (select 1 from ${roundLabel} l where l.image_id = ${imageAside.imageId} and l.round_id in ${rounds})
          or exists (select 1 from ${pseudoLabel} s where s.image_id = ${imageAside.imageId}
            and s.round_id in ${rounds}))`,
      ),
    );
  return row?.n ?? 0;
}

/** The numbers of the runs of a project that are under way. */
export const listRunsUnderWay = async (db: Db, projectId: string): Promise<number[]> =>
  (
    await db
      .select({ number: run.number })
      .from(run)
      .where(and(eq(run.projectId, projectId), underWay))
      .orderBy(asc(run.number))
  ).map(({ number }) => number);
