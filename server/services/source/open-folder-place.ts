import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { SOURCE_LIMITS } from '#core/source/source.ts';
import type { OpenPlace, PlacedObject } from './place.ts';

/** What the operator allows, and the data folder, in which no source lies whatever is allowed. */
export interface FolderRule {
  roots: readonly string[];
  data: string;
}

const DEEPEST = 32;

const lies = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(root, way) === path);
};

/** The real path of a folder, if it is there. */
const findReal = (path: string): Promise<string | null> => realpath(path).catch(() => null);

/**
 * The real path of a folder below one that the operator allows: links on the way are followed before they are judged.
 * @throws AppError FORBIDDEN with the line that allows it, NOT_FOUND
 */
export async function checkFolder(path: string, { roots, data }: FolderRule): Promise<string> {
  if (roots.length === 0) throw new AppError('FORBIDDEN', say('refusal.noRoots'));
  const allowed = (await Promise.all(roots.map(findReal))).filter((root) => root !== null);
  // What is not allowed is not looked at either: the answer does not tell whether it is there.
  const refused = new AppError('FORBIDDEN', say('refusal.notBelow', { roots: roots.join(', ') }));
  if (![...allowed, ...roots.map((root) => resolve(root))].some((root) => lies(resolve(path), root))) throw refused;
  const real = await findReal(path);
  if (real === null) throw new AppError('NOT_FOUND', say('refusal.folderGone', { path }));
  const kept = (await findReal(data)) ?? resolve(data);
  if (!allowed.some((root) => lies(real, root)) || lies(real, kept)) throw refused;
  if (!(await stat(real)).isDirectory()) throw new AppError('BAD_INPUT', say('refusal.isFile', { path }));
  return real;
}

/** Files below a folder of the server. Links are passed over. */
export async function openFolderPlace(path: string, rule: FolderRule): Promise<OpenPlace> {
  const root = await checkFolder(path, rule);
  const kept = (await findReal(rule.data)) ?? resolve(rule.data);
  return {
    list: (after) => walk(root, '', after, kept),
    get: (key, maxBytes) => readFileBelow(root, key, maxBytes),
    nameOf: (key) => key,
    hostOf: () => root,
    problems: () => ({ some: [], count: 0 }),
    close: () => undefined,
  };
}

/** Names of a folder in the order of whole paths: `a-1/x` comes before `a/x`. */
async function* walk(root: string, below: string, after: string | null, kept: string): AsyncGenerator<PlacedObject> {
  const folder = join(root, below);
  if (below.split('/').length > DEEPEST)
    throw new AppError('BAD_INPUT', say('refusal.folderDeep', { root, most: DEEPEST }));
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new AppError('NOT_FOUND', say('refusal.folderUnread', { folder }), {
      cause: error,
    });
  });
  if (entries.length > SOURCE_LIMITS.objects) throw tooMany(folder);
  const names = entries
    .filter((entry) => entry.isFile() || (entry.isDirectory() && join(folder, entry.name) !== kept))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const key = below + name;
    if (name.endsWith('/')) {
      if (after === null || key > after || after.startsWith(key)) yield* walk(root, key, after, kept);
    } else if (after === null || key > after) {
      const found = await lstat(join(folder, name)).catch(() => null);
      if (found?.isFile())
        yield { key, name: key, size: found.size, mark: `${Math.round(found.mtimeMs)}:${found.size}`, said: null };
    }
  }
}

const tooMany = (folder: string): AppError =>
  new AppError('TOO_LARGE', say('refusal.folderMany', { most: SOURCE_LIMITS.objects, folder }));

/** Reads a file that is none but itself: no link on the way, not even one that came since it was listed. */
async function readFileBelow(root: string, key: string, maxBytes: number): Promise<Buffer> {
  const path = join(root, key);
  const gone = (cause: unknown) => new AppError('NOT_FOUND', say('refusal.fileGone'), { cause });
  if ((await findReal(path)) !== path) throw gone(null);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw gone(error);
    },
  );
  try {
    const [opened, named] = [await file.stat(), await lstat(path)];
    if (!opened.isFile() || opened.ino !== named.ino || (await findReal(path)) !== path) throw gone(null);
    if (opened.size > maxBytes)
      throw new AppError('TOO_LARGE', say('refusal.fileTooLarge', { mib: Math.round(maxBytes / 2 ** 20) }));
    return await file.readFile();
  } finally {
    await file.close();
  }
}
