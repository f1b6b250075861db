import * as tf from '@tensorflow/tfjs';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';

/** The part of WebGPU that training talks to itself (W3C WebGPU, sections 5 to 16). */
export interface GpuBuffer {
  readonly size: number;
  readonly usage: number;
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

export interface GpuPipeline {
  getBindGroupLayout(index: number): object;
}

export interface GpuPass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y?: number, z?: number): void;
  end(): void;
}

export interface GpuEncoder {
  beginComputePass(descriptor?: object): GpuPass;
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void;
  finish(): object;
}

export interface GpuDevice {
  readonly queue: {
    submit(commands: object[]): void;
    writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBufferView): void;
  };
  createBuffer(descriptor: { size: number; usage: number; mappedAtCreation?: boolean }): GpuBuffer;
  createShaderModule(descriptor: { code: string }): object;
  createComputePipeline(descriptor: object): GpuPipeline;
  createBindGroup(descriptor: { layout: object; entries: object[] }): object;
  createCommandEncoder(): GpuEncoder;
  pushErrorScope(filter: 'validation' | 'out-of-memory'): void;
  popErrorScope(): Promise<{ message: string } | null>;
}

export interface BufferManager {
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GpuBuffer;
  releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void;
  dispose(): void;
}

/** What of TensorFlow.js's WebGPU backend is used beyond its kernels. */
export interface WebgpuBackend {
  readonly device: GpuDevice;
  bufferManager: BufferManager;
  commandEncoder: GpuEncoder | null;
  readonly tensorMap: { get(dataId: object): { resource: GpuBuffer | null } | undefined };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  runWebGPUProgram(
    program: object,
    inputs: tf.TensorInfo[],
    dtype: 'float32',
    uniforms?: { type: 'int32' | 'uint32' | 'float32'; data: number[] }[],
  ): tf.TensorInfo;
}

/** Flags of GPUBufferUsage and GPUMapMode. */
export const USAGE = { mapRead: 1, mapWrite: 2, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;
export const MAP_READ = 1;

/** The backend of the current engine. @throws Error when that is another one */
export function webgpuBackend(): WebgpuBackend {
  if (tf.getBackend() !== 'webgpu') throw new Error(`the engine is ${tf.getBackend()}, not webgpu`);
  return tf.backend() as unknown as WebgpuBackend;
}

/** The buffer of a tensor, which is brought onto the device first. */
export function bufferOf(backend: WebgpuBackend, tensor: tf.TensorInfo): GpuBuffer {
  backend.uploadToGPU(tensor.dataId);
  const buffer = backend.tensorMap.get(tensor.dataId)?.resource ?? null;
  if (buffer === null) throw new Error('a tensor has no buffer on the device');
  return buffer;
}

/** Hands all work that waits to the device. */
export function flush(backend: WebgpuBackend): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder !== null) backend.submitQueue();
}

export const pipelineOf = (device: GpuDevice, code: string): GpuPipeline =>
  device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });

export const groupOf = (device: GpuDevice, pipeline: GpuPipeline, buffers: readonly GpuBuffer[]): object =>
  device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });

/**
 * Does some work on the device and tells what the device says of it, which would be zeros in silence otherwise.
 * @throws AppError TOO_LARGE when its memory does not hold it, Error when it refuses a call
 */
export async function checked<T>(device: GpuDevice, work: () => T): Promise<T> {
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  let said: Promise<({ message: string } | null)[]>;
  let result: T;
  try {
    result = work();
  } finally {
    // Asked for at once: scopes of other work must not come between.
    said = Promise.all([device.popErrorScope(), device.popErrorScope()]);
    said.catch(() => undefined);
  }
  const [memory, fault] = await said;
  if (memory) {
    throw new AppError('TOO_LARGE', say('learning.gpuMemory'));
  }
  if (fault) throw new Error(fault.message);
  return result;
}
