import { Worker } from 'node:worker_threads';
import type { ResourceLimits } from 'node:worker_threads';

/**
 * Starts a thread from the file `name` beside the caller: `name`.ts in the source tree, `name`.js beside a bundle.
 * @param caller import.meta.url of the calling module
 * @param resourceLimits of its heap: past them the thread ends, not the process
 */
export function startThread(
  caller: string,
  name: string,
  workerData: unknown,
  resourceLimits: ResourceLimits = {},
): Worker {
  if (!new URL(caller).pathname.endsWith('.ts'))
    return new Worker(new URL(`./${name}.js`, caller), { workerData, resourceLimits });
  return startThreadFrom(new URL(`./${name}.ts`, caller), workerData, resourceLimits);
}

/** Starts a thread from one file, TypeScript source or bundle. */
export function startThreadFrom(entry: URL, workerData: unknown, resourceLimits: ResourceLimits = {}): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { workerData, resourceLimits });
  return new Worker(new URL('./source-thread.mjs', import.meta.url), {
    workerData,
    resourceLimits,
    argv: [entry.href],
  });
}
