import * as tf from '@tensorflow/tfjs';
import { createRandom } from '#core/math/random.ts';
import {
  bufferOf,
  checked,
  flush,
  MAP_READ,
  USAGE,
  webgpuBackend,
  type GpuBuffer,
  type WebgpuBackend,
} from '../../engine/webgpu/device.ts';
import { Recording } from '../../engine/webgpu/recording.ts';
import { send, UpdatePrograms, type Job } from '../../engine/webgpu/update.ts';
import { forward, maskValues, type Masks } from '../../models/forward.ts';
import { sizeOf, statisticNames, weightOffsets, type FlatWeights, type ModelGraph } from '../../models/graph.ts';
import { disposeGradients, gradientsOf, type Gradients } from '../gradients.ts';
import type { Distillation, RowWeights } from '../loss.ts';
import { STATISTIC_DECAY, type Optimiser } from '../optimiser.ts';
import { trainedNames, weightTensors, type Session } from '../replica-work.ts';
import type { RowLosses, Steps, TrainBatch } from './steps.ts';

/** A weight that changes: its tensor, its average, and with a gradient its momentum. */
interface Changing {
  name: string;
  offset: number;
  size: number;
  tensor: tf.Tensor;
  average: GpuBuffer;
  /** Null for a running statistic. */
  momentum: GpuBuffer | null;
}

/** Everything of one batch shape: where its values go, the passes through the net, what follows them. */
interface Plan {
  recording: Recording;
  before: Job[];
  after: Job[];
  inputs: { pixels: GpuBuffer; targets: GpuBuffer; crossEntropy: GpuBuffer; divergence: GpuBuffer };
  masks: { buffer: GpuBuffer; count: number; rate: number }[];
  losses: { crossEntropy: GpuBuffer; divergence: GpuBuffer | null };
  placed: tf.Tensor[];
  /** Buffers that losses come back through, those not under way. */
  staging: GpuBuffer[];
}

export interface DeviceOptions {
  session: Omit<Session, 'id' | 'weights'>;
  distillation: (Distillation & { teacher: { graph: ModelGraph; weights: FlatWeights } }) | null;
  seed: number;
}

/**
 * Steps that a WebGPU device takes by itself: weights, momentum and average live there, the passes through the net are
 * recorded once for a shape of batch and sent again for each step, and only the losses come back, while the next steps
 * are under way. The arithmetic is that of HostSteps with one replica.
 */
export class DeviceSteps implements Steps {
  readonly ahead = 2;
  private readonly backend: WebgpuBackend = webgpuBackend();
  private readonly programs = new UpdatePrograms(this.backend.device);
  private readonly plans = new Map<string, Plan>();
  private readonly weights: Map<string, tf.Tensor>;
  private readonly teacherWeights: Map<string, tf.Tensor> | null;
  private readonly changing: Changing[];
  private taken = 0;
  /** Steps are sent one after another, also while the first of a shape is recorded. */
  private turn: Promise<unknown> = Promise.resolve();

  private readonly optimiser: Optimiser;
  private readonly options: DeviceOptions;

  /** @throws AppError TOO_LARGE when the device's memory does not hold the weights */
  static async open(optimiser: Optimiser, options: DeviceOptions): Promise<DeviceSteps> {
    return checked(webgpuBackend().device, () => new DeviceSteps(optimiser, options));
  }

  private constructor(optimiser: Optimiser, options: DeviceOptions) {
    this.optimiser = optimiser;
    this.options = options;
    const { session, distillation } = options;
    this.weights = weightTensors(session.graph, optimiser.weights);
    this.teacherWeights =
      distillation === null ? null : weightTensors(distillation.teacher.graph, distillation.teacher.weights);
    // On the device before anything is recorded: what is brought there meanwhile belongs to the recording.
    for (const tensor of [...this.weights.values(), ...(this.teacherWeights?.values() ?? [])])
      bufferOf(this.backend, tensor);
    this.changing = this.listChanging();
  }

  private listChanging(): Changing[] {
    const { graph, norm } = this.options.session;
    const offsets = weightOffsets(graph);
    const trained = new Set(trainedNames(this.options.session));
    const followed = new Set(norm === 'running' ? [] : statisticNames(graph));
    return graph.weights
      .filter(({ name }) => trained.has(name) || followed.has(name))
      .map(({ name, shape }) => {
        const [offset, size] = [offsets.get(name) ?? 0, sizeOf(shape)];
        const at = (from: Float32Array): GpuBuffer => {
          const buffer = this.programs.buffer(size * 4, USAGE.storage | USAGE.copySource | USAGE.copyTarget);
          this.backend.device.queue.writeBuffer(buffer, 0, from.slice(offset, offset + size));
          return buffer;
        };
        const tensor = this.weights.get(name) as tf.Tensor;
        const momentum = trained.has(name) ? at(this.optimiser.momentum) : null;
        return { name, offset, size, tensor, average: at(this.optimiser.ema), momentum };
      });
  }

  take(step: number, batch: TrainBatch, rows: RowWeights, share: number): Promise<RowLosses> {
    const sent = this.turn.then(() => this.send(step, batch, rows, share));
    this.turn = sent.catch(() => undefined);
    return sent.then((back) => back());
  }

  /** Hands a step to the device. @returns what waits for its losses */
  private async send(
    step: number,
    batch: TrainBatch,
    rows: RowWeights,
    share: number,
  ): Promise<() => Promise<RowLosses>> {
    const count = rows.crossEntropy.length;
    const bytes = batch.pixels instanceof Uint8Array;
    const key = `${count} ${bytes}`;
    const plan = this.plans.get(key) ?? (await this.record(count, bytes));
    this.plans.set(key, plan);
    const { device } = this.backend;
    // The device is not waited for: what it says of the step comes with the losses.
    const work = checked(device, () => this.submit(plan, step, batch, rows, share));
    work.catch(() => undefined);
    this.taken += 1;
    return async () => {
      const staging = await work;
      await staging.mapAsync(MAP_READ);
      const values = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      plan.staging.push(staging);
      const divergence = plan.losses.divergence === null ? new Float32Array(0) : values.slice(count, 2 * count);
      return { crossEntropy: values.slice(0, count), divergence };
    };
  }

  private submit(plan: Plan, step: number, batch: TrainBatch, rows: RowWeights, share: number): GpuBuffer {
    const count = rows.crossEntropy.length;
    const { device } = this.backend;
    const { queue } = device;
    const noise = createRandom(`${this.options.seed}:${step}:0`);
    queue.writeBuffer(plan.inputs.pixels, 0, wholeWords(batch.pixels));
    queue.writeBuffer(plan.inputs.targets, 0, batch.targets);
    queue.writeBuffer(plan.inputs.crossEntropy, 0, rows.crossEntropy);
    queue.writeBuffer(plan.inputs.divergence, 0, rows.divergence);
    for (const { buffer, count: size, rate } of plan.masks) queue.writeBuffer(buffer, 0, maskValues(noise, size, rate));
    const { momentum, keep } = this.optimiser.shares(step);
    this.programs.setStep(share, momentum, keep, STATISTIC_DECAY);
    flush(this.backend);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const job of plan.before) send(pass, job);
    plan.recording.replay(pass);
    for (const job of plan.after) send(pass, job);
    pass.end();
    const { crossEntropy, divergence } = plan.losses;
    const staging = plan.staging.pop() ?? this.programs.buffer(count * 8, USAGE.mapRead | USAGE.copyTarget);
    encoder.copyBufferToBuffer(crossEntropy, 0, staging, 0, count * 4);
    if (divergence !== null) encoder.copyBufferToBuffer(divergence, 0, staging, count * 4, count * 4);
    queue.submit([encoder.finish()]);
    return staging;
  }

  /** Records the passes for batches of so many rows. */
  private async record(count: number, bytes: boolean): Promise<Plan> {
    const { graph } = this.options.session;
    const { backend, programs } = this;
    const placed: tf.Tensor[] = [];
    const place = (shape: number[]): tf.Tensor => {
      const tensor = tf.keep(tf.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, 'float32'));
      bufferOf(backend, tensor);
      placed.push(tensor);
      return tensor;
    };
    const shapeOf = ({ input: { size, channels, features } }: ModelGraph): number[] =>
      features === undefined ? [count, size, size, channels] : [count, features];
    const x = place(shapeOf(graph));
    const targets = place([count, graph.classes]);
    const rows = { crossEntropy: place([count]), divergence: place([count]) };
    const before: Job[] = [];
    const { distillation } = this.options;
    const pixels = bytes ? programs.buffer(x.size, USAGE.storage | USAGE.copyTarget) : bufferOf(backend, x);
    const unpacked = (to: tf.Tensor, { input: { mean, std } }: ModelGraph): void =>
      void before.push(programs.unpack(pixels, bufferOf(backend, to), to.size, mean, std));
    if (bytes) unpacked(x, graph);
    // The teacher sees the student's view without noise; its own preprocessing may differ.
    const seen = distillation !== null && bytes ? place(shapeOf(distillation.teacher.graph)) : x;
    if (distillation !== null && seen !== x) unpacked(seen, distillation.teacher.graph);
    const masks: Plan['masks'] = [];
    const drawn: tf.Tensor[] = [];
    const noise: Masks = {
      draw: (size, rate) => {
        // Made while recording, so of the recording: its buffer goes with it.
        const mask = tf.keep(tf.tensor1d(new Float32Array(size)));
        drawn.push(mask);
        masks.push({ buffer: bufferOf(backend, mask), count: size, rate });
        return mask;
      },
    };
    const trained = trainedNames(this.options.session);
    const recorded = Recording.of(backend, () => {
      let computed: Gradients | null = null;
      tf.tidy(() => {
        computed = gradientsOf({
          graph,
          weights: this.weights,
          trained,
          x,
          targets: targets as tf.Tensor2D,
          rows: rows as { crossEntropy: tf.Tensor1D; divergence: tf.Tensor1D },
          teacher:
            distillation === null
              ? null
              : {
                  logits: forward(distillation.teacher.graph, this.teacherWeights ?? new Map(), seen, {
                    noise: null,
                    norm: 'running',
                  }).logits,
                  temperature: distillation.temperature,
                },
          noise,
          norm: this.options.session.norm,
        });
      });
      const made = computed as unknown as Gradients;
      const buffers = {
        gradients: made.gradients.map((tensor) => bufferOf(backend, tensor)),
        statistics: made.statistics.map((tensor) => bufferOf(backend, tensor)),
        crossEntropy: bufferOf(backend, made.crossEntropy),
        divergence: made.divergence === null ? null : bufferOf(backend, made.divergence),
      };
      flush(backend);
      disposeGradients(made);
      tf.dispose(drawn);
      return buffers;
    });
    const { recording, result } = await recorded.catch((error: unknown) => {
      tf.dispose(placed);
      throw error;
    });
    return {
      recording,
      before,
      after: [...this.updates(trained, result.gradients), ...this.blends(result.statistics)],
      inputs: {
        pixels,
        targets: bufferOf(backend, targets),
        crossEntropy: bufferOf(backend, rows.crossEntropy),
        divergence: bufferOf(backend, rows.divergence),
      },
      masks,
      losses: { crossEntropy: result.crossEntropy, divergence: result.divergence },
      placed,
      staging: [],
    };
  }

  private updates(trained: readonly string[], gradients: GpuBuffer[]): Job[] {
    return this.changing.flatMap(({ name, offset, size, tensor, average, momentum }) => {
      const gradient = gradients[trained.indexOf(name)];
      if (momentum === null || gradient === undefined) return [];
      const { rate, decay } = this.optimiser.settingsAt(offset);
      const weights = bufferOf(this.backend, tensor);
      return rate === 0
        ? []
        : [this.programs.update({ weights, momentum, average, gradient }, { rate, decay, count: size })];
    });
  }

  private blends(statistics: GpuBuffer[]): Job[] {
    const names = statisticNames(this.options.session.graph);
    return this.changing.flatMap(({ name, size, tensor, average, momentum }) => {
      const batch = statistics[names.indexOf(name)];
      if (momentum !== null || batch === undefined) return [];
      return [this.programs.blend(bufferOf(this.backend, tensor), average, batch, size)];
    });
  }

  async settle(): Promise<void> {
    await this.turn;
    if (this.taken === 0) return;
    const { device } = this.backend;
    const parts = this.changing.flatMap(({ offset, size, tensor, average, momentum }) => [
      { from: bufferOf(this.backend, tensor), to: this.optimiser.weights, offset, size },
      { from: average, to: this.optimiser.ema, offset, size },
      ...(momentum === null ? [] : [{ from: momentum, to: this.optimiser.momentum, offset, size }]),
    ]);
    const total = parts.reduce((sum, { size }) => sum + size, 0);
    const staging = await checked(device, () => {
      const buffer = device.createBuffer({ size: total * 4, usage: USAGE.mapRead | USAGE.copyTarget });
      flush(this.backend);
      const encoder = device.createCommandEncoder();
      let to = 0;
      for (const { from, size } of parts) {
        encoder.copyBufferToBuffer(from, 0, buffer, to * 4, size * 4);
        to += size;
      }
      device.queue.submit([encoder.finish()]);
      return buffer;
    });
    await staging.mapAsync(MAP_READ);
    const values = new Float32Array(staging.getMappedRange());
    let at = 0;
    for (const { to, offset, size } of parts) {
      to.set(values.subarray(at, at + size), offset);
      at += size;
    }
    staging.unmap();
    staging.destroy();
  }

  async close(): Promise<void> {
    await this.turn;
    for (const { recording, placed } of this.plans.values()) {
      recording.dispose();
      tf.dispose(placed);
    }
    this.plans.clear();
    tf.dispose([...this.weights.values(), ...(this.teacherWeights?.values() ?? [])]);
    this.programs.dispose();
  }
}

/** WebGPU writes whole words. */
function wholeWords(values: Uint8Array | Float32Array): Uint8Array | Float32Array {
  if (values instanceof Float32Array || values.length % 4 === 0) return values;
  const padded = new Uint8Array(Math.ceil(values.length / 4) * 4);
  padded.set(values);
  return padded;
}
