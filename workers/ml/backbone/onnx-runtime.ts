import { createRequire } from 'node:module';
import { availableParallelism, platform } from 'node:os';

/** A model in the runtime: `pixels` uint8 [n, side, side, 3] in, `features` float32 [n, d] out. */
export interface FeatureSession {
  /** Where it runs, in words a person knows. */
  device: string;
  /** On a graphics processor, which wants many images at a time. */
  gpu: boolean;
  run(pixels: Uint8Array, shape: readonly [number, number, number, number]): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  /** Cores that it may use; all unless told. */
  threads?: number;
  /** Tries the graphics processor first, where the runtime has a way to it. */
  gpu?: boolean;
}

interface Session {
  run(feeds: { pixels: object }): Promise<{ features: { data: Float32Array } }>;
  release(): Promise<void>;
}

interface Ort {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  Tensor: new (type: 'uint8', data: Uint8Array, shape: readonly number[]) => object;
}

const require = createRequire(import.meta.url);

/** Ways to a graphics processor by system, in the order in which they are tried. */
const GPU: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['coreml', 'webgpu'],
  win32: ['dml', 'webgpu'],
  linux: ['cuda', 'webgpu'],
};

const DEVICES: Record<string, string> = {
  cpu: 'CPU (onnxruntime)',
  coreml: 'Apple GPU or Neural Engine (CoreML)',
  dml: 'GPU (DirectML)',
  cuda: 'NVIDIA GPU (CUDA)',
  webgpu: 'GPU (WebGPU)',
};

/**
 * Opens a model in onnxruntime. A graphics processor is taken when it starts and answers as the CPU does on the probe.
 * @param probe pixels of one image and their shape, to compare answers by
 * @throws Error when the package is absent, its library does not load here, or the model is refused
 */
export async function openFeatureSession(
  model: Uint8Array,
  probe: { pixels: Uint8Array; shape: readonly [number, number, number, number] },
  options: RuntimeOptions = {},
): Promise<FeatureSession> {
  const ort = require('onnxruntime-node') as Ort;
  const onCpu = await open(ort, model, 'cpu', options);
  for (const provider of options.gpu === true ? (GPU[platform()] ?? []) : []) {
    const onGpu = await open(ort, model, provider, options).catch(() => null);
    if (onGpu === null) continue;
    if (await agree(onCpu, onGpu, probe)) {
      await onCpu.close();
      return onGpu;
    }
    await onGpu.close();
  }
  return onCpu;
}

async function open(ort: Ort, model: Uint8Array, provider: string, options: RuntimeOptions): Promise<FeatureSession> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: options.threads ?? availableParallelism(),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  return {
    device: DEVICES[provider] ?? provider,
    gpu: provider !== 'cpu',
    run: async (pixels, shape) => (await session.run({ pixels: new ort.Tensor('uint8', pixels, shape) })).features.data,
    close: () => session.release(),
  };
}

/** Largest difference that half-precision arithmetic of a graphics processor may make, of the largest feature. */
const TOLERANCE = 0.02;

async function agree(
  a: FeatureSession,
  b: FeatureSession,
  probe: Parameters<typeof openFeatureSession>[1],
): Promise<boolean> {
  try {
    const [truth, answer] = [await a.run(probe.pixels, probe.shape), await b.run(probe.pixels, probe.shape)];
    const largest = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return (
      truth.length === answer.length &&
      truth.every((value, i) => Math.abs(value - (answer[i] ?? NaN)) <= TOLERANCE * largest)
    );
  } catch {
    return false;
  }
}
