import { mkdirSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { explainBuild, processOptions } from './build.mjs';
import { ClearError, say } from './setup/say.mjs';

/** Where the bundles of development lie, beside those of `npm start`. */
const FOLDER = '.dev';
/** An editor that saves many files at once makes one build, ms. */
const GATHER_MS = 30;

/**
 * Bundles the processes from source and again whenever a source is saved. A build that fails is told, and what runs
 * goes on.
 * @param {string} root
 * @returns {Promise<{ program: string; onBuilt(listen: (names: string[]) => void): void; close(): void }>} where the
 *   bundles lie; `names`: those that became different, as `server` or `embed-child`
 */
export async function watchProcesses(root) {
  const { context } = await import('esbuild');
  const outdir = join(root, FOLDER);
  mkdirSync(outdir, { recursive: true });
  const build = await context({ ...processOptions(root, FOLDER), write: false, metafile: true, sourcesContent: false });
  const hashes = new Map();
  const watched = new Map();
  let listen = () => {};
  let timer = null;

  const rebuild = async () => {
    const { outputFiles, metafile } = await build.rebuild();
    for (const folder of new Set(Object.keys(metafile.inputs).map((file) => dirname(resolve(root, file)))))
      if (!watched.has(folder)) {
        const watcher = watch(folder, saved).on('error', () => watched.delete(folder)); // The folder has gone.
        watched.set(folder, watcher);
      }
    const changed = outputFiles.filter(({ path, hash }) => hashes.get(path) !== hash);
    for (const { path, hash, contents } of changed) {
      writeFileSync(path, contents);
      hashes.set(path, hash);
    }
    return changed.filter(({ path }) => path.endsWith('.js')).map(({ path }) => basename(path, '.js'));
  };
  const again = async () => {
    try {
      const names = await rebuild();
      if (names.length > 0) listen(names);
    } catch (error) {
      say('build', `does not build, what runs goes on:\n${explainBuild(error)}`);
    }
  };
  // One build at a time: one that is asked for meanwhile would be given what the other had read.
  let turn = Promise.resolve();
  const saved = () => {
    timer ??= setTimeout(() => {
      timer = null;
      turn = turn.then(again);
    }, GATHER_MS);
  };

  try {
    await rebuild();
  } catch (error) {
    throw new ClearError(`The server and trainer do not build: ${explainBuild(error)}`);
  }
  return {
    program: FOLDER,
    onBuilt: (listener) => {
      listen = listener;
    },
    close: () => {
      for (const watcher of watched.values()) watcher.close();
      clearTimeout(timer);
      void build.dispose();
    },
  };
}
