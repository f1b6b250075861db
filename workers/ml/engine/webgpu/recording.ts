import {
  checked,
  flush,
  USAGE,
  type BufferManager,
  type GpuBuffer,
  type GpuEncoder,
  type GpuPass,
  type GpuPipeline,
  type WebgpuBackend,
} from './device.ts';

interface Dispatch {
  pipeline: GpuPipeline;
  group: object;
  size: [number, number, number];
}

/**
 * What the WebGPU backend sent to the device while it ran some tensor code, to be sent again without the host's share
 * of the work (shader keys, uniforms, bind groups: some thirty times dearer than the sending). The code must be the
 * same each time: shapes do not change, and what does lies in buffers that are written before each replay. The same
 * idea as CUDA's graphs.
 */
export class Recording {
  private readonly dispatches: Dispatch[];
  private readonly manager: BufferManager;

  private constructor(dispatches: Dispatch[], manager: BufferManager) {
    this.dispatches = dispatches;
    this.manager = manager;
  }

  /** Programs that a replay sends. */
  get length(): number {
    return this.dispatches.length;
  }

  /**
   * Runs `compute` once and keeps what it sent. Tensors that it makes must be disposed when it returns; their buffers
   * live until dispose().
   * @throws AppError TOO_LARGE when the device's memory does not hold it, Error when the device refuses a program
   */
  static async of<T>(backend: WebgpuBackend, compute: () => T): Promise<{ recording: Recording; result: T }> {
    flush(backend);
    const usual = backend.bufferManager;
    const manager = ownBuffers(usual, backend);
    const dispatches: Dispatch[] = [];
    const watchedCompute = (): T => {
      backend.bufferManager = manager;
      backend.ensureCommandEncoderReady = () => {
        backend.commandEncoder ??= watched(backend.device.createCommandEncoder(), dispatches);
      };
      try {
        return compute();
      } finally {
        // What waits to be freed is of these buffers, so it must go while they are in place.
        flush(backend);
        delete (backend as Partial<WebgpuBackend>).ensureCommandEncoderReady;
        backend.bufferManager = usual;
      }
    };
    try {
      const result = await checked(backend.device, watchedCompute);
      return { recording: new Recording(dispatches, manager), result };
    } catch (error) {
      manager.dispose();
      throw error;
    }
  }

  /** Sends everything again, into the pass. */
  replay(pass: GpuPass): void {
    for (const { pipeline, group, size } of this.dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...size);
    }
  }

  dispose(): void {
    this.manager.dispose();
  }
}

/**
 * Buffers of one recording: freed ones serve again within it, in the same order at each replay. Uniforms and uploaded
 * values are written once, so nothing else may take their place.
 */
function ownBuffers(usual: BufferManager, backend: WebgpuBackend): BufferManager {
  const manager = new (usual.constructor as new (device: object) => BufferManager)(backend.device);
  const acquire = manager.acquireBuffer.bind(manager);
  const release = manager.releaseBuffer.bind(manager);
  const lasting = new Set<GpuBuffer>();
  manager.acquireBuffer = (size, usage, mapped = false, reuse = true) => {
    const written = (usage & USAGE.mapWrite) === 0 && (mapped || (usage & USAGE.uniform) !== 0);
    const buffer = acquire(size, usage, mapped, reuse && !written);
    if (written) lasting.add(buffer);
    return buffer;
  };
  manager.releaseBuffer = (buffer, reuse) => {
    if (!lasting.has(buffer)) release(buffer, reuse);
  };
  return manager;
}

/** The encoder, with the dispatches of its passes noted. */
function watched(encoder: GpuEncoder, dispatches: Dispatch[]): GpuEncoder {
  return {
    beginComputePass: (descriptor) => watchedPass(encoder.beginComputePass(descriptor), dispatches),
    copyBufferToBuffer: (from, ...rest) => {
      if ((from.usage & USAGE.mapWrite) === 0) throw new Error('a copy between buffers cannot be recorded');
      encoder.copyBufferToBuffer(from, ...rest);
    },
    finish: () => encoder.finish(),
  };
}

function watchedPass(pass: GpuPass, dispatches: Dispatch[]): GpuPass {
  let [pipeline, group]: [GpuPipeline | null, object | null] = [null, null];
  return {
    setPipeline: (next) => {
      pipeline = next;
      pass.setPipeline(next);
    },
    setBindGroup: (index, next) => {
      group = next;
      pass.setBindGroup(index, next);
    },
    dispatchWorkgroups: (x, y = 1, z = 1) => {
      if (pipeline !== null && group !== null) dispatches.push({ pipeline, group, size: [x, y, z] });
      pass.dispatchWorkgroups(x, y, z);
    },
    end: () => pass.end(),
  };
}
