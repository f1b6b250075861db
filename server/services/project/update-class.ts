import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { classKey } from '#core/project/class-key.ts';
import { notify } from '#db/notify.ts';
import { listMerged } from '#db/queries/project/merge-class.ts';
import { listClasses, lockProjectParts, updateClassRow } from '#db/queries/project/project.ts';
import type { projectClass } from '#db/schema/index.ts';
import type { Services } from '../../context.ts';

/**
 * Changes a class. Its name stays one of a kind: no other class of the project differs from it in case, white space or
 * Unicode form only.
 * @throws AppError CONFLICT when another class has the name
 */
export async function updateClass(
  services: Pick<Services, 'db'>,
  input: { projectId: string; classId: string } & Partial<typeof projectClass.$inferInsert>,
): Promise<void> {
  const { projectId, classId, ...set } = input;
  await services.db.transaction(async (tx) => {
    const { name } = set;
    if (name !== undefined) {
      await lockProjectParts(tx, projectId);
      const other = (await listClasses(tx, projectId)).find(
        (item) => item.id !== classId && classKey(item.name) === classKey(name),
      );
      if (other) {
        throw new AppError('CONFLICT', say('refusal.classTaken', { name: other.name }));
      }
      const alias = (await listMerged(tx, projectId)).find((item) => classKey(item.name) === classKey(name));
      if (alias) {
        throw new AppError('CONFLICT', say('refusal.classAlias', { name: alias.name }));
      }
    }
    if (!(await updateClassRow(tx, { projectId, classId }, set))) throw notFound('class');
    await notify(tx, { name: 'class:changed', projectId });
  });
}
