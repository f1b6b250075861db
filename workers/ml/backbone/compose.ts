import { GraphBuilder } from '../models/builder.ts';
import { sizeOf, type FlatWeights, type ModelGraph, type Padding, type WeightRole } from '../models/graph.ts';
import { LIMITS, SIDES, type Refuse } from './limits.ts';

/** Backbone, its taps averaged over the image and joined, and a linear head of zeros for two classes. */
export interface Backbone {
  graph: ModelGraph;
  weights: FlatWeights;
}

/** What a layer gives: its node, and how many channels. */
export interface Place {
  id: string;
  channels: number;
}

export interface Values {
  shape: readonly number[];
  values: Float32Array;
}

export type Activation = 'relu' | 'relu6' | null;

interface Window {
  stride: number;
  padding: Padding;
}

const CLASSES = 2;

/**
 * Puts the layers of a file together as a graph of ours, whatever the kind of file: names are made safe and unique,
 * channels are followed, and all weights together stay below a limit, however often a file names the same bytes.
 */
export class Composer {
  private readonly g = new GraphBuilder();
  private readonly values = new Map<string, Float32Array>();
  private readonly names = new Set<string>();
  private readonly refuse: Refuse;
  private total = 0;
  private nodes = 0;

  constructor(refuse: Refuse) {
    this.refuse = refuse;
  }

  input(channels: number): Place {
    if (channels !== 3) this.refuse(`its images have ${channels} channels, and RGB is needed`);
    return { id: this.g.input(), channels };
  }

  /** @param kernel HWIO */
  conv(
    name: string,
    from: Place,
    layer: Window & { kernel: Values; bias: Float32Array | null; activation?: Activation },
  ): Place {
    const [rows = 0, columns = 0, channels = 0, filters = 0] = layer.kernel.shape;
    if (layer.kernel.shape.length !== 4 || channels !== from.channels) {
      return this.refuse(`layer ${name} expects ${channels} channels and gets ${from.channels}`);
    }
    if (rows * columns * filters === 0) return this.refuse(`layer ${name} has an empty kernel`);
    return this.convolve('conv2d', name, from, filters, layer);
  }

  /** @param kernel HWC1 */
  depthwise(
    name: string,
    from: Place,
    layer: Window & { kernel: Values; bias: Float32Array | null; activation?: Activation },
  ): Place {
    const [rows = 0, columns = 0, channels = 0, multiplier = 0] = layer.kernel.shape;
    if (multiplier !== 1) return this.refuse(`layer ${name} makes ${multiplier} channels of each`);
    if (layer.kernel.shape.length !== 4 || channels !== from.channels) {
      return this.refuse(`layer ${name} expects ${channels} channels and gets ${from.channels}`);
    }
    if (rows * columns === 0) return this.refuse(`layer ${name} has an empty kernel`);
    return this.convolve('depthwiseConv2d', name, from, channels, layer);
  }

  norm(
    name: string,
    from: Place,
    layer: Record<'gamma' | 'beta' | 'mean' | 'variance', Float32Array> & { epsilon: number },
  ): Place {
    const id = this.name(name);
    const part = (role: 'gamma' | 'beta' | 'mean' | 'variance'): string =>
      this.weight(id, role, { shape: [from.channels], values: layer[role] });
    if (!(layer.epsilon >= 0)) this.refuse(`layer ${name} has the epsilon ${layer.epsilon}`);
    const parts = { gamma: part('gamma'), beta: part('beta'), mean: part('mean'), variance: part('variance') };
    return {
      id: this.g.add(id, { op: 'batchNorm', inputs: [from.id], ...parts, epsilon: layer.epsilon }),
      channels: from.channels,
    };
  }

  activate(name: string, from: Place, activation: Activation): Place {
    if (activation === null) return from;
    return { id: this.g.add(this.name(name), { op: activation, inputs: [from.id] }), channels: from.channels };
  }

  gelu(name: string, from: Place): Place {
    return { id: this.g.add(this.name(name), { op: 'gelu', inputs: [from.id] }), channels: from.channels };
  }

  add(name: string, a: Place, b: Place): Place {
    if (a.channels !== b.channels) return this.refuse(`layer ${name} adds ${a.channels} channels to ${b.channels}`);
    return { id: this.g.add(this.name(name), { op: 'add', inputs: [a.id, b.id], drop: 0 }), channels: a.channels };
  }

  pool(name: string, from: Place, op: 'maxPool' | 'avgPool', window: Window & { size: number }): Place {
    const { size, stride, padding } = window;
    this.checkWindow(name, { stride, size });
    return {
      id: this.g.add(this.name(name), { op, inputs: [from.id], size, stride, padding }),
      channels: from.channels,
    };
  }

  /** @param padding zeros at top, bottom, left, right */
  zeroPad(name: string, from: Place, padding: [number, number, number, number]): Place {
    if (!padding.every((n) => Number.isInteger(n) && n >= 0 && n <= 64))
      return this.refuse(`layer ${name} pads by ${padding.join(', ')}`);
    if (padding.every((n) => n === 0)) return from;
    return { id: this.g.add(this.name(name), { op: 'zeroPad', inputs: [from.id], padding }), channels: from.channels };
  }

  /** The graph up to these taps. `head` may say how the taps become one number a channel; the average unless told. */
  finish(
    taps: readonly Place[],
    options: Pick<ModelGraph, 'name'> & { size: number; mean: number[]; std: number[] },
  ): Backbone {
    const { name, size, mean, std } = options;
    if (size < SIDES.least || size > SIDES.most)
      this.refuse(`its images are ${size} px; ${SIDES.least} to ${SIDES.most} px can be used`);
    const pooled = taps.map(({ id }, i) =>
      this.g.add(taps.length === 1 ? 'embedding' : `embedding.${i + 1}`, { op: 'globalAveragePool', inputs: [id] }),
    );
    const [first = '', ...more] = pooled;
    const embedding = more.length === 0 ? first : this.g.add('embedding', { op: 'concat', inputs: [first, ...more] });
    const width = taps.reduce((sum, { channels }) => sum + channels, 0);
    const logits = this.g.dense('head', embedding, width, CLASSES);
    const graph = this.g.finish({ name, classes: CLASSES, input: { size, channels: 3, mean, std }, logits, embedding });
    const weights = new Float32Array(graph.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    let at = 0;
    for (const weight of graph.weights) {
      weights.set(this.values.get(weight.name) ?? [], at);
      at += sizeOf(weight.shape);
    }
    return { graph, weights };
  }

  private convolve(
    op: 'conv2d' | 'depthwiseConv2d',
    name: string,
    from: Place,
    channels: number,
    layer: Window & { kernel: Values; bias: Float32Array | null; activation?: Activation },
  ): Place {
    const { stride, padding, activation = null } = layer;
    this.checkWindow(name, { stride, size: Math.max(layer.kernel.shape[0] ?? 0, layer.kernel.shape[1] ?? 0) });
    const id = this.name(name);
    const kernel = this.weight(id, 'kernel', layer.kernel);
    const bias = layer.bias === null ? null : this.weight(id, 'bias', { shape: [channels], values: layer.bias });
    const place = { id: this.g.add(id, { op, inputs: [from.id], kernel, bias, stride, padding }), channels };
    return this.activate(`${name}.${activation ?? ''}`, place, activation);
  }

  private checkWindow(name: string, { stride, size }: { stride: number; size: number }): void {
    const fits = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= SIDES.most;
    if (!fits(stride) || !fits(size)) this.refuse(`layer ${name} has steps of ${stride} and windows of ${size}`);
  }

  private weight(id: string, role: WeightRole, { shape, values }: Values): string {
    const size = sizeOf(shape);
    if (values.length !== size)
      return this.refuse(`the ${role} of layer ${id} has ${values.length} numbers where ${size} are needed`);
    this.total += size;
    if (this.total > LIMITS.weights) return this.refuse(`its layers hold more than ${LIMITS.weights} numbers together`);
    if (!values.every(Number.isFinite))
      return this.refuse(`the ${role} of layer ${id} holds a value that is not a number`);
    if (role === 'variance' && values.some((value) => value < 0))
      return this.refuse(`layer ${id} has a negative variance`);
    const name = `${id}.${role}`;
    this.values.set(name, values);
    return this.g.weight(name, shape, role, 'zeros');
  }

  /** A name for a node that every export format takes. */
  private name(wanted: string): string {
    this.nodes += 1;
    if (this.nodes > LIMITS.nodes) return this.refuse(`it has more than ${LIMITS.nodes} layers`);
    const safe =
      wanted
        .replaceAll(/[^A-Za-z0-9_]+/g, '_')
        .replaceAll(/^_+|_+$/g, '')
        .slice(-80) || 'layer';
    const letter = /^[A-Za-z]/.test(safe) ? safe : `n${safe}`;
    const taken = (name: string): boolean =>
      this.names.has(name) || ['input', 'embedding', 'head', 'pixels', 'probabilities'].includes(name);
    const name = taken(letter) ? `${letter}_${this.nodes}` : letter;
    this.names.add(name);
    return name;
  }
}

/** Numbers of the embedding: rows of the head's kernel. */
export function widthOf({ graph }: Backbone): number {
  const head = graph.nodes.find(({ id }) => id === graph.logits);
  const kernel = head?.op === 'dense' ? graph.weights.find(({ name }) => name === head.kernel) : undefined;
  if (kernel === undefined) throw new RangeError(`backbone ${graph.name} does not end in a linear head`);
  return kernel.shape[0] ?? 0;
}
