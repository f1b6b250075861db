import { AppError } from '#core/errors.ts';

/** Settings of a run are frozen, so what helps it is more room on the machine, and else a new run. */
const ADVICE =
  'Close other programs or set PUPIL_THREADS lower, then resume the run; or start a new run with a smaller batch, ' +
  'image side or model.';

/** @param what what there was no room for, to stand in brackets; '' when it is not known */
export const outOfMemory = (what: string, options?: ErrorOptions): AppError =>
  new AppError('TOO_LARGE', `Learning ran out of memory${what === '' ? '' : ` (${what})`}. ${ADVICE}`, options);

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
