import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { SaidValue } from '#core/text/said.ts';

/**
 * Settings of a run are frozen, so what helps it is more room on the machine, and else a new run.
 * @param what what there was no room for, to stand in brackets; '' when it is not known
 */
export const outOfMemory = (what: SaidValue, options?: ErrorOptions): AppError =>
  new AppError(
    'TOO_LARGE',
    what === '' ? say('learning.outOfMemory') : say('learning.outOfMemoryAt', { what }),
    options,
  );

/** How the runtimes say it: V8's buffers and heaps, WebAssembly, native TensorFlow and CUDA, WebGPU, onnxruntime. */
const SIGNS = new RegExp(
  'allocation failed|invalid typed array length|out of memory|memory limit|OOM when allocating|' +
    'failed to allocate|bad_alloc|CUDA_ERROR_OUT_OF_MEMORY|maximum memory size',
  'i',
);

/** The same error, or when it says that an allocation failed the one that tells people what to lower. */
export function explainMemory(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !SIGNS.test(error.message)) return error;
  return outOfMemory(error.message.split('\n')[0]?.slice(0, 120) ?? '', { cause: error });
}
