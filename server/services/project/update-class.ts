import type { z } from 'zod';
import { AppError, notFound } from '#core/errors.ts';
import type { updateClass as schema } from '#core/schemas/class.ts';
import { changeTranslations } from '#core/text/translations.ts';
import { say } from '#core/text/said.ts';
import { classKey } from '#core/project/class-key.ts';
import { notify } from '#db/notify.ts';
import { listMerged } from '#db/queries/project/merge-class.ts';
import { listClasses, lockProjectParts, updateClassRow } from '#db/queries/project/project.ts';
import type { Services } from '../../context.ts';

/**
 * Changes a class. Its name stays one of a kind: no other class of the project differs from it in case, white space or
 * Unicode form only.
 * @throws AppError CONFLICT when another class has the name
 */
export async function updateClass(
  services: Pick<Services, 'db'>,
  input: { projectId: string } & z.infer<typeof schema>,
): Promise<void> {
  const { projectId, classId, descriptionIn, ...rest } = input;
  await services.db.transaction(async (tx) => {
    const { name } = rest;
    const reads = name !== undefined || descriptionIn !== undefined;
    if (reads) await lockProjectParts(tx, projectId);
    const classes = reads ? await listClasses(tx, projectId) : [];
    if (name !== undefined) {
      const other = classes.find((item) => item.id !== classId && classKey(item.name) === classKey(name));
      if (other) {
        throw new AppError('CONFLICT', say('refusal.classTaken', { name: other.name }));
      }
      const alias = (await listMerged(tx, projectId)).find((item) => classKey(item.name) === classKey(name));
      if (alias) {
        throw new AppError('CONFLICT', say('refusal.classAlias', { name: alias.name }));
      }
    }
    const before = classes.find(({ id }) => id === classId)?.descriptionIn ?? {};
    const set = descriptionIn ? { ...rest, descriptionIn: changeTranslations(before, descriptionIn) } : rest;
    if (!(await updateClassRow(tx, { projectId, classId }, set))) throw notFound('class');
    await notify(tx, { name: 'class:changed', projectId });
  });
}
