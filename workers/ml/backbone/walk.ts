import type { Refuse } from './limits.ts';

/**
 * One operation of a file, whatever its kind: what it reads and what it gives, by name; constants are not among the
 * inputs.
 */
export interface FileNode {
  name: string;
  kind: string;
  inputs: readonly string[];
  outputs: readonly string[];
}

/**
 * The last map of features before the head: the input of the last pooling over the whole image (or flattening) on the
 * way back from the output. A file without one gives a map itself. The way ends where branches meet: what lies before
 * is no head.
 */
export function findFeatures<Node extends FileNode>(
  nodes: readonly Node[],
  output: string,
  endsMap: (node: Node) => boolean,
  refuse: Refuse,
): string {
  const makers = makersOf(nodes);
  let features = output;
  let name = output;
  for (let steps = 0; steps <= nodes.length; steps += 1) {
    const maker = makers.get(name);
    if (maker === undefined || maker.inputs.length !== 1) return features;
    [name = ''] = maker.inputs;
    if (endsMap(maker)) features = name;
  }
  return refuse('its layers go round in a circle');
}

/** Nodes on which these outputs depend, each after those that it reads. */
export function orderNeeded<Node extends FileNode>(
  nodes: readonly Node[],
  wanted: readonly string[],
  refuse: Refuse,
): Node[] {
  const makers = makersOf(nodes);
  const state = new Map<Node, 'open' | 'done'>();
  const order: Node[] = [];
  const stack = wanted.flatMap((name) => makers.get(name) ?? []);
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const known = state.get(node);
    if (known === undefined) {
      state.set(node, 'open');
      for (const input of node.inputs) {
        const maker = makers.get(input);
        if (maker === undefined || state.get(maker) === 'done') continue;
        if (state.get(maker) === 'open') refuse('its layers go round in a circle');
        stack.push(maker);
      }
    } else {
      stack.pop();
      if (known === 'open') order.push(node);
      state.set(node, 'done');
    }
  }
  return order;
}

const makersOf = <Node extends FileNode>(nodes: readonly Node[]): Map<string, Node> =>
  new Map(nodes.flatMap((node) => node.outputs.map((output): [string, Node] => [output, node])));
