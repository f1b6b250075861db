import { dressClasses } from '#core/project.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { insertClasses, listClasses } from '#db/queries/project.ts';

/** Adds the classes that are not there yet, with a colour and a hotkey each. Returns all classes of the project. */
export async function addClasses(db: Db, projectId: string, names: readonly string[]) {
  const existing = await listClasses(db, projectId);
  const known = new Set(existing.map((item) => item.name));
  const fresh = [...new Set(names)].filter((name) => !known.has(name));
  if (fresh.length === 0) return existing;
  await insertClasses(db, dressClasses(fresh, existing).map((item) => ({ ...item, projectId })));
  await notify(db, { name: 'class:changed', projectId });
  return listClasses(db, projectId);
}
