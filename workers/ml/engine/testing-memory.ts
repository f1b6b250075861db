import * as tf from '@tensorflow/tfjs';

interface Heap {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/**
 * Takes, unwritten, all that is free of the wasm backend's memory below an address (2 ** 32: all of it) and returns
 * what gives it back.
 */
export function holdMemory(below: number): () => void {
  const heap = (tf.backend() as unknown as { wasm: Heap }).wasm;
  const held: number[] = [];
  for (let size = 2 ** 28; size >= 2 ** 4; size /= 4) {
    for (;;) {
      const pointer = allocate(heap, size);
      if (pointer === null) break;
      if ((pointer >>> 0) + size > below) {
        heap._free(pointer);
        break;
      }
      held.push(pointer);
    }
  }
  return () => {
    for (const pointer of held.splice(0)) heap._free(pointer);
  };
}

function allocate(heap: Heap, size: number): number | null {
  try {
    return heap._malloc(size);
  } catch {
    return null;
  }
}
