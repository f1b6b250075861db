import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from './process-start.mjs';
import { ClearError } from './say.mjs';

/** Who runs from the build below this folder: a file for each process, with when it began. */
const folderOf = (root) => join(root, '.running');

/**
 * Notes that this process runs from the build, until it ends. Noted before anything is built, so that of two starts
 * neither builds under the other.
 */
export function noteUse(root) {
  mkdirSync(folderOf(root), { recursive: true });
  const note = join(folderOf(root), String(process.pid));
  writeFileSync(note, startOf(process.pid) ?? '');
  process.on('exit', () => rmSync(note, { force: true }));
}

/**
 * Throws one clear line when another process runs from the build: its pages and the children that it starts would come
 * from another version than itself, or be gone. Notes of processes that are no more go.
 * @param {string} root
 */
export function refuseInUse(root) {
  if (!existsSync(folderOf(root))) return;
  for (const name of readdirSync(folderOf(root))) {
    const note = join(folderOf(root), name);
    const pid = Number(name);
    if (pid === process.pid || !existsSync(note)) continue;
    if (startOf(pid) === readFileSync(note, 'utf8'))
      throw new ClearError(
        `Pupil runs from this folder (process ${pid}), and a new build would change it under its feet. Stop it, then ` +
          `start again.`,
      );
    rmSync(note, { force: true });
  }
}
