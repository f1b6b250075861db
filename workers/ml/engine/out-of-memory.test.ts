import { expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { explainMemory } from './out-of-memory.ts';

it(
  'ENGINE-6 takes what V8, WebAssembly and native libraries say of lacking memory for what it is, and nothing ' +
    'else',
  () => {
    let real: unknown;
    try {
      real = new ArrayBuffer(2 ** 52);
    } catch (error) {
      real = error;
    }
    const told = [
      real,
      new Error('Worker terminated due to reaching memory limit: JS heap out of memory'),
      new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'),
      new Error('OOM when allocating tensor with shape[128,224,224,64]'),
      new Error('std::bad_alloc'),
    ];
    for (const error of told)
      expect(explainMemory(error)).toMatchObject({
        code: 'TOO_LARGE',
        retryable: false,
        message: expect.stringContaining('smaller batch') as string,
      });
    const others = [
      new Error('the memory of a bug'),
      new AppError('BAD_INPUT', { plain: 'Allocation failed' }),
      'out of memory',
      null,
    ];
    for (const error of others) expect(explainMemory(error)).toBe(error);
  },
);
