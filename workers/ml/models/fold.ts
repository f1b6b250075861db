import { sizeOf, weightView, type FlatWeights, type GraphNode, type ModelGraph, type WeightSpec } from './graph.ts';

/**
 * The same function for prediction: each batch norm that directly follows a convolution nobody else reads becomes that
 * convolution's scaled kernel and bias. A norm after a pooling stays (its scale may be negative, so it does not
 * commute).
 */
export function foldNorms(graph: ModelGraph, flat: FlatWeights): { graph: ModelGraph; weights: FlatWeights } {
  const readers = new Map<string, number>();
  for (const id of [...graph.nodes.flatMap((node): string[] => [...node.inputs]), graph.logits, graph.embedding])
    readers.set(id, (readers.get(id) ?? 0) + 1);
  const values = new Map(graph.weights.map(({ name }) => [name, weightView(graph, flat, name)]));
  const specs = new Map<string, WeightSpec>(graph.weights.map((weight) => [weight.name, weight]));
  const renamed = new Map<string, string>();
  const nodes: GraphNode[] = [];
  const read = (name: string): Float32Array => values.get(name) ?? new Float32Array(0);
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map((id) => renamed.get(id) ?? id) } as GraphNode;
    const before = node.op === 'batchNorm' ? nodes.find(({ id }) => id === node.inputs[0]) : undefined;
    if (
      node.op !== 'batchNorm' ||
      (before?.op !== 'conv2d' && before?.op !== 'depthwiseConv2d') ||
      before.bias !== null ||
      readers.get(before.id) !== 1
    ) {
      nodes.push(node);
      continue;
    }
    const kernel = specs.get(before.kernel);
    if (kernel === undefined) continue;
    const channels = read(node.gamma).length;
    const scale = Float32Array.from(
      read(node.gamma),
      (gamma, c) => gamma / Math.sqrt((read(node.variance)[c] as number) + node.epsilon),
    );
    const folded = `${before.kernel}.folded`;
    const bias = `${before.kernel}.bias`;
    values.set(
      folded,
      read(before.kernel).map((value, i) => value * (scale[i % channels] as number)),
    );
    values.set(
      bias,
      read(node.beta).map((beta, c) => beta - (read(node.mean)[c] as number) * (scale[c] as number)),
    );
    specs.set(folded, { ...kernel, name: folded });
    specs.set(bias, {
      name: bias,
      shape: [channels],
      role: 'bias',
      start: 'zeros',
      trainable: true,
      group: kernel.group,
    });
    nodes[nodes.indexOf(before)] = { ...before, kernel: folded, bias };
    renamed.set(node.id, before.id);
  }
  const used = new Set(nodes.flatMap(weightNames));
  const weights = [...specs.values()].filter(({ name }) => used.has(name));
  const result = new Float32Array(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { name } of weights) {
    result.set(read(name), at);
    at += read(name).length;
  }
  const embedding = renamed.get(graph.embedding) ?? graph.embedding;
  return {
    graph: { ...graph, nodes, weights, embedding, logits: renamed.get(graph.logits) ?? graph.logits },
    weights: result,
  };
}

/** Names of the weights that a node reads. */
export function weightNames(node: GraphNode): string[] {
  switch (node.op) {
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'dense':
      return node.bias === null ? [node.kernel] : [node.kernel, node.bias];
    case 'batchNorm':
      return [node.gamma, node.beta, node.mean, node.variance];
    default:
      return [];
  }
}
