import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join, relative, sep } from 'node:path';
import { once } from 'node:events';
import { notFound } from '#core/errors.ts';
import { checkKey } from './keys.ts';
import type { BlobStore } from './types.ts';

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Blobs as files below one folder. A blob is written beside its place and renamed, so a reader never sees half of one.
 */
export function openDiskStore(folder: string): BlobStore {
  const made = new Set<string>();
  const pathOf = (key: string): string => {
    checkKey(key);
    return join(folder, ...key.split('/'));
  };
  const makeFolder = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    await mkdir(path, { recursive: true });
    made.add(path);
  };
  return {
    async put(key, data) {
      const path = pathOf(key);
      await makeFolder(dirname(path));
      const partial = `${path}.${randomUUID()}.partial`;
      try {
        const handle = await open(partial, 'w');
        try {
          await writeFile(handle, data);
          // A row may say that it is there as soon as we return: a power cut must not leave an empty file.
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async get(key) {
      return readFile(pathOf(key)).catch((error: unknown) => {
        throw isAbsent(error) ? notFound('file') : error;
      });
    },
    async stream(key) {
      const stream = createReadStream(pathOf(key));
      await once(stream, 'open').catch((error: unknown) => {
        throw isAbsent(error) ? notFound('file') : error;
      });
      return stream;
    },
    async size(key) {
      const found = await stat(pathOf(key)).catch((error: unknown) => {
        if (isAbsent(error)) return null;
        throw error;
      });
      return found?.size ?? null;
    },
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
    async *list(prefix) {
      checkKey(prefix);
      const root = join(folder, ...prefix.split('/'));
      const found = await stat(root).catch(() => null);
      if (found?.isFile() === true) yield prefix;
      if (found?.isDirectory() !== true) return;
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw error;
      });
      for (const entry of entries) {
        if (entry.isFile() && !entry.name.endsWith('.partial'))
          yield relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
      }
    },
  };
}
