import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '#db/client.ts';
import { listExistingProjects } from '#db/queries/project/project.ts';

/** Where a trainer keeps decoded pixels, a folder a project. */
export const pixelFolder = (dataFolder: string): string => join(dataFolder, 'cache', 'pixels');

/** Deletes the pixels that this machine keeps of projects that are no more. Returns how many folders went. */
export async function forgetProjects(db: Db, folder: string): Promise<number> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name),
  );
  const existing = new Set(await listExistingProjects(db, names));
  const gone = names.filter((name) => !existing.has(name));
  for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
  return gone.length;
}
