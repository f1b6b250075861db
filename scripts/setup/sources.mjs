import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const IGNORED = /(\.test\.tsx?|\.md|\.tsbuildinfo)$/;

/**
 * One hash over the files below `paths` that a build reads: their names and contents, so that a new checkout of the
 * same code is not stale.
 */
export function hashOf(root, paths) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '');
  for (const path of paths)
    for (const file of filesBelow(root, path))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0');
  return hash.digest('hex');
}

/** Files below a path, sorted; without tests and prose unless `tests`. */
export function filesBelow(root, path, { tests = false } = {}) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return !tests && IGNORED.test(path) ? [] : [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`, { tests }));
}

/** Whether the last finished build came from these sources. */
export function isFresh(stampFile, hash) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
}
