import { eq, inArray, sql } from 'drizzle-orm';
import { statusesAllowing } from '#core/run/run.ts';
import type { Db } from '../../client.ts';
import { image, imageImport, project, projectCounter, run } from '../../schema/index.ts';
import { lockProject } from './project.ts';

/**
 * Takes a project away from everybody: nothing finds it any more, its runs and imports end. Its rows follow with
 * `removeSome`. @throws NOT_FOUND when it is deleted already
 */
export async function markDeleted(tx: Db, projectId: string): Promise<void> {
  await lockProject(tx, projectId);
  await tx.update(project).set({ status: 'deleted' }).where(eq(project.id, projectId));
  await tx
    .update(run)
    .set({ status: 'cancelled', endedAt: sql`now()` })
    .where(sql`${run.projectId} = ${projectId} and ${inArray(run.status, statusesAllowing('cancel'))}`);
  await tx.delete(imageImport).where(eq(imageImport.projectId, projectId));
}

/**
 * Deletes so many images of some deleted project with all that hangs on them, and the project itself once it has none;
 * each image asks twelve tables for what refers to it, 0.2 ms altogether. False when no deleted project is left, or
 * other servers are at those that are.
 */
export const removeSome = (db: Db, params: { images: number }): Promise<boolean> =>
  db.transaction(async (tx) => {
    const [deleted] = await tx
      .select({ id: project.id })
      .from(project)
      .where(eq(project.status, 'deleted'))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!deleted) return false;
    const { rowCount } = await tx
      .delete(image)
      .where(
        inArray(
          image.id,
          tx
            .select({ id: image.id })
            .from(image)
            .where(eq(image.projectId, deleted.id))
            .orderBy(image.id)
            .limit(params.images),
        ),
      );
    if (rowCount === 0) {
      await tx.delete(project).where(eq(project.id, deleted.id));
      await tx.delete(projectCounter).where(eq(projectCounter.projectId, deleted.id));
    }
    return true;
  });
