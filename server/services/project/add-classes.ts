import { classKey, createClassFinder, tidyName } from '#core/project/class-key.ts';
import { dressClasses } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { insertClasses, listClasses, lockClasses } from '#db/queries/project/project.ts';

/**
 * Adds the classes that are not there yet, with a colour and a hotkey each; a name that differs from one that is there
 * in case, white space or Unicode form only is that class. Returns all classes of the project. Call it in a
 * transaction: until that ends, whoever else adds classes waits, and takes the next free keys.
 */
export async function addClasses(tx: Db, projectId: string, names: readonly string[]) {
  const wanted = new Map(names.map((name) => [classKey(name), tidyName(name)]));
  const fresh = (existing: readonly { name: string }[]): string[] => {
    const find = createClassFinder(existing);
    return [...wanted.values()].filter((name) => find(name) === undefined);
  };
  const before = await listClasses(tx, projectId);
  if (fresh(before).length === 0) return before;
  await lockClasses(tx, projectId);
  const existing = await listClasses(tx, projectId);
  if (fresh(existing).length === 0) return existing;
  await insertClasses(
    tx,
    dressClasses(fresh(existing), existing).map((item) => ({ ...item, projectId })),
  );
  await notify(tx, { name: 'class:changed', projectId });
  return listClasses(tx, projectId);
}
