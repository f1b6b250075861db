import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { say } from '#core/text/said.ts';
import type { TensorInfo } from '@tensorflow/tfjs';
import { assemble, hasFusedMultiplyAdd, type Kernel, type KernelSource } from './assembler.ts';
import { outOfMemory } from './out-of-memory.ts';

/** The parts of the wasm backend that its types hide: Emscripten's heap and allocator. */
interface Heap {
  HEAPU8: Uint8Array;
  HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  asm: { memory: WebAssembly.Memory };
}

/** Bytes. */
const CACHE_LINE = 64;

/** Our kernels beside TensorFlow.js's own, in one memory: tensors are passed by address, nothing is copied. */
export class WasmMemory {
  readonly backend: BackendWasm;
  private readonly kernels = new Map<string, Kernel>();
  private readonly scratches = new Map<string, { block: number; pointer: number; bytes: number }>();
  private readonly fused: boolean;

  constructor(backend: BackendWasm) {
    this.backend = backend;
    this.fused = hasFusedMultiplyAdd();
    this.refuseNull();
  }

  private get heap(): Heap {
    return (this.backend as unknown as { wasm: Heap }).wasm;
  }

  /** The backend takes address 0 of a failed allocation for a tensor and writes over the heap's start: fail instead. */
  private refuseNull(): void {
    const { heap } = this;
    // Emscripten's stub puts the real allocator in its own place at the first call, over whatever stands there by then:
    // call it before.
    heap._free(heap._malloc(CACHE_LINE));
    const allocate = heap._malloc.bind(heap);
    heap._malloc = (bytes) => {
      const pointer = allocate(bytes);
      if (pointer === 0 && bytes > 0) {
        throw outOfMemory(say('learning.memoryMore', { mib: (bytes / 2 ** 20).toFixed(1) }));
      }
      return pointer;
    };
  }

  /** Views are taken anew each time: an allocation may have grown the memory and detached older ones. */
  get floats(): Float32Array {
    return this.heap.HEAPF32;
  }

  get bytes(): Uint8Array {
    return this.heap.HEAPU8;
  }

  /** The compiled kernel; compiled once for each distinct shape. */
  kernel(source: KernelSource): Kernel {
    const known = this.kernels.get(source.name);
    if (known !== undefined) return known;
    const module = new WebAssembly.Module(assemble(source, this.fused));
    const instance = new WebAssembly.Instance(module, { env: { memory: this.heap.asm.memory } });
    const kernel = instance.exports.run as Kernel;
    this.kernels.set(source.name, kernel);
    return kernel;
  }

  /** Address, at a cache line's start, of at least `count` floats that live until the next call with the same name. */
  scratch(name: string, count: number): number {
    const bytes = count * 4;
    const held = this.scratches.get(name);
    if (held !== undefined && held.bytes >= bytes) return held.pointer;
    if (held !== undefined) this.heap._free(held.block);
    const block = this.heap._malloc(bytes + CACHE_LINE) >>> 0;
    const pointer = Math.ceil(block / CACHE_LINE) * CACHE_LINE;
    this.scratches.set(name, { block, pointer, bytes });
    return pointer;
  }

  address(tensor: TensorInfo): number {
    return this.backend.getMemoryOffset(tensor.dataId);
  }

  output(shape: readonly number[]): TensorInfo {
    return this.backend.makeOutput([...shape], 'float32');
  }

  zero(address: number, count: number): void {
    this.bytes.fill(0, address, address + count * 4);
  }

  /**
   * Unsigned shifts, here and wherever an address is divided: memory goes to 4 GiB, and above 2 a signed one turns
   * negative.
   */
  view(address: number, count: number): Float32Array {
    return this.floats.subarray(address >>> 2, (address >>> 2) + count);
  }
}
