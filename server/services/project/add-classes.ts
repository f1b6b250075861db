import { classKey, createClassFinder, tidyName } from '#core/project/class-key.ts';
import { dressClasses } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { listMerged } from '#db/queries/project/merge-class.ts';
import { insertClasses, listClasses, lockProjectParts } from '#db/queries/project/project.ts';

/**
 * Adds the classes that are not there yet, with a colour and a hotkey each; a name that differs from one that is there
 * in case, white space or Unicode form only is that class, and the name of a merged one is another name of that which
 * it was merged into. Returns all classes of the project. Call it in a transaction: until that ends, whoever else adds
 * classes waits, and takes the next free keys.
 */
export async function addClasses(tx: Db, projectId: string, names: readonly string[]) {
  const wanted = new Map(names.map((name) => [classKey(name), tidyName(name)]));
  const before = await listClasses(tx, projectId);
  const fresh = async (existing: readonly { name: string }[]): Promise<string[]> => {
    const find = createClassFinder([...existing, ...(await listMerged(tx, projectId))]);
    return [...wanted.values()].filter((name) => find(name) === undefined);
  };
  if ((await fresh(before)).length === 0) return before;
  await lockProjectParts(tx, projectId);
  const existing = await listClasses(tx, projectId);
  const added = await fresh(existing);
  if (added.length === 0) return existing;
  await insertClasses(
    tx,
    dressClasses(added, existing).map((item) => ({ ...item, projectId })),
  );
  await notify(tx, { name: 'class:changed', projectId });
  return listClasses(tx, projectId);
}

/** Finds the class that a name of a file means: by its own name, or by that of one that was merged into it. */
export async function createNameFinder<T extends { id: string; name: string }>(
  db: Db,
  projectId: string,
  classes: readonly T[],
): Promise<(name: string) => T | undefined> {
  const byId = new Map(classes.map((item) => [item.id, item]));
  const aliases = (await listMerged(db, projectId)).flatMap(({ name, intoId }) => {
    const into = byId.get(intoId ?? '');
    return into ? [{ name, into }] : [];
  });
  const find = createClassFinder([...classes.map((into) => ({ name: into.name, into })), ...aliases]);
  return (name) => find(name)?.into;
}
