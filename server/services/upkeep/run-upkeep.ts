import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { purgePassed } from '#db/queries/people/purge-passed.ts';
import { failStillImports } from '#db/queries/image/import.ts';
import type { Services } from '../../context.ts';
import { purgeImages } from '../image/purge-images.ts';
import { removeProjects } from './remove-projects.ts';
import { sweepBlobs } from './sweep-blobs.ts';

const SWEEP_MS = 60_000;
/**
 * A browser that lost its line, or whose server was started anew, sends on within seconds of having it back; a server
 * that fetches from a bucket beats every few seconds.
 */
const STILL_MINUTES = { upload: 15, bucket: 2 };

/** Folder of uploads on their way; what lies in it when a server starts belongs to nobody. */
export const uploadFolder = (dataFolder: string): string => join(dataFolder, 'tmp');

/** Removes uploads that a server which died left half received. One server at a time uses a data folder. */
export async function clearUploads(dataFolder: string): Promise<void> {
  const folder = uploadFolder(dataFolder);
  const names = await readdir(folder).catch(() => [] as string[]);
  await Promise.all(
    names.filter((name) => name.endsWith('.zip')).map((name) => rm(join(folder, name), { force: true })),
  );
}

/** Puts away what a crash or a deletion left: at the start and every minute. */
export function startUpkeep(services: Services) {
  let working: Promise<void> = Promise.resolve();
  let stopped = false;
  const sweep = async (): Promise<void> => {
    try {
      await failStillImports(services.db, STILL_MINUTES);
      await purgePassed(services.db);
      await purgeImages(services, { isStopped: () => stopped });
      await sweepBlobs(services);
      await removeProjects(services, { isStopped: () => stopped });
    } catch (error) {
      services.log.warn({ err: error }, 'upkeep could not be done; it is tried again');
    }
  };
  const begin = (): void => {
    working = working.then(sweep);
  };
  working = clearUploads(services.env.PUPIL_DATA).catch((error: unknown) =>
    services.log.warn({ err: error }, 'old uploads could not be removed'),
  );
  begin();
  const timer = setInterval(begin, SWEEP_MS);
  return {
    begin,
    async stop(): Promise<void> {
      stopped = true;
      clearInterval(timer);
      await working;
    },
  };
}
