import type { GraphNode, GraphOp, ModelGraph, Padding, WeightRole, WeightSpec, WeightStart } from './graph.ts';

/** A node without its id: what a caller of `add` writes. */
type Draft<Op extends GraphOp = GraphOp> = GraphNode extends infer Node
  ? Node extends { op: Op }
    ? Omit<Node, 'id'>
    : never
  : never;

/** Batch norm's epsilon of the CIFAR nets that ours follow. */
const EPSILON = 1e-5;

/** Collects nodes and weights in order; each method returns the id of the node it added. */
export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly weights: WeightSpec[] = [];

  add(id: string, draft: Draft): string {
    this.nodes.push({ id, ...draft });
    return id;
  }

  weight(
    name: string,
    shape: readonly number[],
    role: WeightRole,
    start: WeightStart,
    group: WeightSpec['group'] = 'body',
  ): string {
    const trainable = role !== 'mean' && role !== 'variance' && start !== 'whiten';
    this.weights.push({ name, shape, role, start, trainable, group });
    return name;
  }

  input(): string {
    return this.add('input', { op: 'input', inputs: [] });
  }

  conv(
    id: string,
    input: string,
    size: number,
    from: number,
    to: number,
    options: { stride?: number; padding?: Padding; start?: WeightStart } = {},
  ): string {
    const kernel = this.weight(`${id}.kernel`, [size, size, from, to], 'kernel', options.start ?? 'he');
    const { stride = 1, padding = 'same' } = options;
    return this.add(id, { op: 'conv2d', inputs: [input], kernel, bias: null, stride, padding });
  }

  norm(id: string, input: string, channels: number): string {
    return this.add(id, {
      op: 'batchNorm',
      inputs: [input],
      gamma: this.weight(`${id}.gamma`, [channels], 'gamma', 'ones'),
      beta: this.weight(`${id}.beta`, [channels], 'beta', 'zeros'),
      mean: this.weight(`${id}.mean`, [channels], 'mean', 'zeros'),
      variance: this.weight(`${id}.variance`, [channels], 'variance', 'ones'),
      epsilon: EPSILON,
    });
  }

  relu(id: string, input: string): string {
    return this.add(id, { op: 'relu', inputs: [input] });
  }

  normRelu(id: string, input: string, channels: number): string {
    return this.relu(`${id}.relu`, this.norm(id, input, channels));
  }

  maxPool(id: string, input: string, size: number): string {
    return this.add(id, { op: 'maxPool', inputs: [input], size, stride: size, padding: 'valid' });
  }

  dropout(id: string, input: string, rate: number): string {
    return rate === 0 ? input : this.add(id, { op: 'dropout', inputs: [input], rate });
  }

  dense(id: string, input: string, from: number, to: number, bias = true): string {
    return this.add(id, {
      op: 'dense',
      inputs: [input],
      kernel: this.weight(`${id}.kernel`, [from, to], 'kernel', 'he', 'head'),
      bias: bias ? this.weight(`${id}.bias`, [to], 'bias', 'zeros', 'head') : null,
    });
  }

  finish(rest: Pick<ModelGraph, 'name' | 'input' | 'classes' | 'logits' | 'embedding'>): ModelGraph {
    const trainable = this.weights.filter((weight) => weight.trainable);
    const others = this.weights.filter((weight) => !weight.trainable);
    return { ...rest, nodes: this.nodes, weights: [...trainable, ...others] };
  }
}
