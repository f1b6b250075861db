import { Worker } from 'node:worker_threads';

/**
 * Starts a thread from the file `name` beside the caller: `name`.ts in the source tree, `name`.js beside a bundle.
 * @param caller import.meta.url of the calling module
 */
export function startThread(caller: string, name: string, workerData: unknown): Worker {
  if (!new URL(caller).pathname.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, caller), { workerData });
  return startThreadFrom(new URL(`./${name}.ts`, caller), workerData);
}

/** Starts a thread from one file, TypeScript source or bundle. */
export function startThreadFrom(entry: URL, workerData: unknown): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { workerData });
  return new Worker(new URL('./source-thread.mjs', import.meta.url), { workerData, argv: [entry.href] });
}
