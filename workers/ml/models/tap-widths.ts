import type { GraphNode, ModelGraph } from './graph.ts';

/**
 * How many numbers each layer gives of those that an embedding joins, in their order: teachers bring each to one
 * length, or a wide one would drown the others. Null for an embedding of one layer.
 */
export function tapWidths(graph: ModelGraph): number[] | null {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const embedding = nodes.get(graph.embedding);
  if (embedding?.op !== 'concat') return null;
  const widths = embedding.inputs.map((id) => widthOf(graph, nodes, nodes.get(id)));
  return widths.every((width) => width !== null) ? widths : null;
}

/** Channels of what a node gives; null where only its values tell. */
function widthOf(graph: ModelGraph, nodes: ReadonlyMap<string, GraphNode>, node: GraphNode | undefined): number | null {
  const shapeOf = (name: string): readonly number[] =>
    graph.weights.find((weight) => weight.name === name)?.shape ?? [];
  if (!node || node.op === 'flatten' || node.op === 'concat') return null;
  if (node.op === 'input') return graph.input.channels;
  if (node.op === 'conv2d' || node.op === 'dense') return shapeOf(node.kernel).at(-1) ?? null;
  return widthOf(graph, nodes, nodes.get(node.inputs[0]));
}
