import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { ENGINE_NAMES, type EngineChoice, type EngineName } from '#core/run/learning.ts';
import type { AnswerRuntime } from './answer-runtime.ts';
import { installWasmKernels } from './wasm-kernels.ts';
import { installWebgpuKernels } from './webgpu/kernels.ts';

/** More replicas than this gain little for batches of 64 to 128 images. */
const THREADS_MAX = 8;

export interface EngineOptions {
  /**
   * Replicas that train and predict side by side on wasm and cpu; default every core, at most 8. GPU engines take 1.
   */
  threads?: number;
  /** Folder that holds tfjs-backend-wasm*.wasm, with a closing slash; default the installed package's. */
  wasmPath?: string;
  /** File of the replica threads; default the one beside training/replica-pool, source or bundle. */
  replicaEntry?: URL;
  /** Runtime that answers instead of the engine, for prediction alone; null or absent: the engine itself. */
  answers?: AnswerRuntime | null;
  /** Refuses a software WebGPU device even when WebGPU is asked for by name. */
  hardwareOnly?: boolean;
}

/** Where tensors run. One engine is current in a process; opening another one changes the current one. */
export interface Engine {
  name: EngineName;
  /** The device in words a person knows. */
  device: string;
  threads: number;
  /**
   * Engines that come before this one in the order of preference and why each was not taken; [] with a working choice.
   */
  skipped: { name: EngineName; reason: string }[];
  readonly options: EngineOptions;
  /** Registers what must end before the backend does. */
  atDispose(end: () => Promise<void>): void;
  /** Ends replica threads. The backend stays, for an engine that is opened again in this process. */
  dispose(): Promise<void>;
}

/** Whether an engine runs on a graphics processor, which wants large batches. */
export const isGpu = ({ name }: Pick<Engine, 'name'>): boolean => name === 'webgpu' || name === 'cuda';

interface Opened {
  device: string;
}

const require = createRequire(import.meta.url);

async function openWasm(wasmPath: string | undefined): Promise<Opened> {
  // Node 20 has the relaxed multiply-add behind this flag, later ones always: twice the arithmetic on Intel and ARM.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const backend = tf.findBackend('wasm') as BackendWasm | null;
  if (backend === null) {
    setWasmPaths(wasmPath ?? `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    const stopListening = catchNewListeners();
    if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly binaries did not load');
    stopListening();
    installWasmKernels(tf.backend() as BackendWasm);
  } else {
    await tf.setBackend('wasm');
  }
  return { device: 'CPU (WebAssembly SIMD)' };
}

/**
 * The binary's loader listens for this process's uncaught errors and prints 40 KB of its own source: its listeners go.
 */
function catchNewListeners(): () => void {
  const names = ['uncaughtException', 'unhandledRejection'] as const;
  const known = names.map((name) => new Set(process.rawListeners(name)));
  return () => {
    names.forEach((name, i) => {
      for (const listener of process.rawListeners(name))
        if (known[i]?.has(listener) === false) process.removeListener(name, listener as () => void);
    });
  };
}

async function openCpu(): Promise<Opened> {
  await tf.setBackend('cpu');
  return { device: 'CPU (plain JavaScript, for checks only)' };
}

/** An optional package: its absence is a reason, not a fault; its types must not be needed to build. */
const optional = (name: string): unknown => require(name);

interface NativeModule {
  node?: { binding?: { isUsingGpuDevice?: () => boolean } };
}

async function openNative(gpu: boolean): Promise<Opened> {
  // tfjs-node 4.22 calls a helper that Node 23 took away.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  optional(gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node');
  if (!(await tf.setBackend('tensorflow'))) throw new Error('native TensorFlow did not start');
  const backend = tf.backend() as unknown as {
    isUsingGpuDevice?: boolean;
    binding?: { isUsingGpuDevice?: () => boolean };
  } & NativeModule;
  const usesGpu = backend.isUsingGpuDevice ?? backend.binding?.isUsingGpuDevice?.() ?? false;
  if (gpu && !usesGpu) throw new Error('TensorFlow found no CUDA device');
  return { device: gpu ? 'NVIDIA GPU (CUDA)' : 'CPU (native TensorFlow)' };
}

interface Adapter {
  info?: { vendor?: string; architecture?: string; device?: string; description?: string };
}

const isSoftware = (info: Adapter['info']): boolean =>
  /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i.test(
    `${info?.vendor} ${info?.architecture} ${info?.device} ${info?.description}`,
  );

/** Asks the system's own loader. A library that is there but no addon of Node's is refused with other words. */
function loaderFinds(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !String(error).includes('cannot open shared object file');
  }
}

async function openWebgpu(asked: boolean): Promise<Opened> {
  // Without it WebGPU finds no device, and writes a page of its own on the console to say so.
  if (process.platform === 'linux' && !loaderFinds('libvulkan.so.1'))
    throw new Error('libvulkan.so.1 is not installed');
  const { create, globals } = (await import(/* webpackIgnore: true */ optionalName('webgpu'))) as {
    create(flags: string[]): { requestAdapter(): Promise<Adapter | null> };
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis.navigator ?? defineNavigator(), 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error('no Vulkan, Metal or Direct3D 12 device');
  if (isSoftware(adapter.info) && !asked) throw new Error('only a software device, which is slower than wasm');
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('the WebGPU backend did not start');
  installWebgpuKernels();
  return { device: adapter.info?.description || adapter.info?.device || adapter.info?.vendor || 'WebGPU device' };
}

const optionalName = (name: string): string => name;

function defineNavigator(): object {
  const navigator = { userAgent: 'node' };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return navigator;
}

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  if (/Cannot find (module|package)/.test(text)) return 'not installed';
  if (/tfjs_binding\.node/.test(text)) return 'its native library is not downloaded';
  return text.split('\n')[0] ?? text;
};

function open(name: EngineName, asked: boolean, options: EngineOptions): Promise<Opened> {
  if (name === 'cuda') return openNative(true);
  if (name === 'native') return openNative(false);
  if (name === 'webgpu') return openWebgpu(asked);
  if (name === 'wasm') return openWasm(options.wasmPath);
  return openCpu();
}

/** Default number of replicas: every core, at most 8. */
export const defaultThreads = (): number => Math.min(THREADS_MAX, availableParallelism());

/**
 * Opens the engine asked for, or with `auto` the fastest that works, and makes it current. One that does not open is
 * skipped with its reason and the next faster-than-`cpu` one is taken. `cpu` runs only when asked for by name: it is
 * three hundred times slower. Throws AppError UNAVAILABLE when nothing opens.
 */
export async function openEngine(choice: EngineChoice, options: EngineOptions = {}): Promise<Engine> {
  // No checks of every result for NaN, no advertisement on the console.
  tf.enableProdMode();
  const usable = ENGINE_NAMES.filter((name) => name !== 'cpu');
  const order: EngineName[] =
    choice === 'auto' ? usable : [choice, ...usable.filter((name) => name !== choice && choice !== 'cpu')];
  const skipped: Engine['skipped'] = [];
  for (const name of order) {
    try {
      const { device } = await open(name, name === choice && options.hardwareOnly !== true, options);
      const ends: (() => Promise<void>)[] = [];
      const replicated = name === 'wasm' || name === 'cpu';
      return {
        name,
        device,
        threads: replicated ? Math.max(1, options.threads ?? defaultThreads()) : 1,
        skipped,
        options,
        atDispose: (end) => void ends.push(end),
        dispose: async () => {
          await Promise.all(ends.splice(0).map((end) => end()));
        },
      };
    } catch (error) {
      skipped.push({ name, reason: reasonOf(error) });
    }
  }
  const reasons = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new AppError('UNAVAILABLE', say('learning.noEngine', { reasons }));
}
