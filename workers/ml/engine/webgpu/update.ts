import {
  groupOf,
  pipelineOf,
  USAGE,
  type GpuBuffer,
  type GpuDevice,
  type GpuPass,
  type GpuPipeline,
} from './device.ts';

const GROUP = 256;
/** Groups in a row of a dispatch; WebGPU allows 65,535. */
const ROW = 32_768;

const HEAD = `
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x + id.y * ${GROUP * ROW}u;`;

/** uint8 pixels, four a word, to (pixel/255 − mean)/std. */
const UNPACK = `
struct Scale { count: u32, channels: u32, mean: vec4<f32>, deviation: vec4<f32> }
@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<uniform> scale: Scale;
${HEAD}
  if (i >= scale.count) { return; }
  let byte = f32((words[i / 4u] >> (8u * (i % 4u))) & 255u);
  let c = i % scale.channels;
  values[i] = (byte / 255.0 - scale.mean[c]) / scale.deviation[c];
}`;

const STEP = 'struct Step { share: f32, momentum: f32, keep: f32, statistic: f32 }';

/** SGD with Nesterov momentum in PyTorch's form, then the moving average; the arithmetic of Optimiser. */
const UPDATE = `
${STEP}
struct Weight { rate: f32, decay: f32, count: u32 }
@group(0) @binding(0) var<storage, read_write> weights: array<f32>;
@group(0) @binding(1) var<storage, read_write> momentum: array<f32>;
@group(0) @binding(2) var<storage, read_write> average: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;
@group(0) @binding(5) var<uniform> weight: Weight;
${HEAD}
  if (i >= weight.count) { return; }
  let g = gradient[i] + weight.decay * weights[i];
  let m = step.momentum * momentum[i] + g;
  let w = weights[i] - weight.rate * step.share * (g + step.momentum * m);
  momentum[i] = m;
  weights[i] = w;
  average[i] = step.keep * average[i] + (1.0 - step.keep) * w;
}`;

/** Running statistics follow those of the batch, and their average follows them. */
const BLEND = `
${STEP}
@group(0) @binding(0) var<storage, read_write> stored: array<f32>;
@group(0) @binding(1) var<storage, read_write> average: array<f32>;
@group(0) @binding(2) var<storage, read> batch: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;
${HEAD}
  if (i >= arrayLength(&stored)) { return; }
  let s = step.statistic * stored[i] + (1.0 - step.statistic) * batch[i];
  stored[i] = s;
  average[i] = step.keep * average[i] + (1.0 - step.keep) * s;
}`;

/** A program with its buffers, ready to be sent. */
export interface Job {
  pipeline: GpuPipeline;
  group: object;
  count: number;
}

export function send(pass: GpuPass, { pipeline, group, count }: Job): void {
  const groups = Math.ceil(count / GROUP);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(Math.min(groups, ROW), Math.ceil(groups / ROW));
}

/** What one step does on the device besides the passes through the net. */
export class UpdatePrograms {
  private readonly device: GpuDevice;
  private readonly unpackPipeline: GpuPipeline;
  private readonly updatePipeline: GpuPipeline;
  private readonly blendPipeline: GpuPipeline;
  private readonly step: GpuBuffer;
  private readonly made: GpuBuffer[] = [];

  constructor(device: GpuDevice) {
    this.device = device;
    this.unpackPipeline = pipelineOf(device, UNPACK);
    this.updatePipeline = pipelineOf(device, UPDATE);
    this.blendPipeline = pipelineOf(device, BLEND);
    this.step = this.buffer(16, USAGE.uniform | USAGE.copyTarget);
  }

  /** A zeroed buffer that lives as long as the programs; sizes are rounded up to whole words. */
  buffer(bytes: number, usage: number): GpuBuffer {
    const buffer = this.device.createBuffer({ size: Math.ceil(bytes / 4) * 4, usage });
    this.made.push(buffer);
    return buffer;
  }

  private uniform(data: ArrayBuffer): GpuBuffer {
    const buffer = this.buffer(data.byteLength, USAGE.uniform | USAGE.copyTarget);
    this.device.queue.writeBuffer(buffer, 0, new Uint8Array(data));
    return buffer;
  }

  /** The schedule's factor, momentum, and the shares that average and statistics keep in this step. */
  setStep(share: number, momentum: number, keep: number, statistic: number): void {
    this.device.queue.writeBuffer(this.step, 0, Float32Array.of(share, momentum, keep, statistic));
  }

  unpack(words: GpuBuffer, values: GpuBuffer, count: number, mean: readonly number[], std: readonly number[]): Job {
    const scale = new ArrayBuffer(48);
    new Uint32Array(scale, 0, 2).set([count, mean.length]);
    new Float32Array(scale, 16, 8).set([...mean, ...Array.from({ length: 4 - mean.length }, () => 0), ...std]);
    return {
      pipeline: this.unpackPipeline,
      group: groupOf(this.device, this.unpackPipeline, [words, values, this.uniform(scale)]),
      count,
    };
  }

  update(
    buffers: Record<'weights' | 'momentum' | 'average' | 'gradient', GpuBuffer>,
    { rate, decay, count }: { rate: number; decay: number; count: number },
  ): Job {
    const weight = new ArrayBuffer(16);
    new Float32Array(weight, 0, 2).set([rate, decay]);
    new Uint32Array(weight, 8, 1).set([count]);
    const { weights, momentum, average, gradient } = buffers;
    const all = [weights, momentum, average, gradient, this.step, this.uniform(weight)];
    return { pipeline: this.updatePipeline, group: groupOf(this.device, this.updatePipeline, all), count };
  }

  blend(stored: GpuBuffer, average: GpuBuffer, batch: GpuBuffer, count: number): Job {
    const all = [stored, average, batch, this.step];
    return { pipeline: this.blendPipeline, group: groupOf(this.device, this.blendPipeline, all), count };
  }

  dispose(): void {
    for (const buffer of this.made) buffer.destroy();
  }
}
