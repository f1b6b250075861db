import type { Points } from '../selection/k-means.ts';
import { weightView, type FlatWeights, type GraphNode, type ModelGraph } from '../models/graph.ts';
import type { Prediction } from './predict.ts';

interface Rows {
  values: Float32Array;
  width: number;
}

/**
 * What a model answers from features of its body, without looking at pixels again: only the layers after them run.
 * @param from the node whose output the features are
 * @throws RangeError when something other than a head stands between features and answer
 */
export function answerFeatures(graph: ModelGraph, weights: FlatWeights, from: string, features: Points): Prediction {
  const made = new Map<string, Rows>([[from, features]]);
  for (const node of graph.nodes) {
    const input = node.inputs[0] === undefined ? undefined : made.get(node.inputs[0]);
    if (input && node.id !== from) made.set(node.id, run(node, graph, weights, input));
  }
  const logits = made.get(graph.logits);
  const embedding = made.get(graph.embedding);
  if (!logits || !embedding) throw new RangeError(`Model ${graph.name} does not answer from ${from} on.`);
  return { logits: logits.values, embeddings: embedding.values, embeddingSize: embedding.width };
}

function run(node: GraphNode, graph: ModelGraph, weights: FlatWeights, { values, width }: Rows): Rows {
  if (node.op === 'dropout') return { values, width };
  if (node.op === 'relu') return { values: values.map((value) => Math.max(0, value)), width };
  if (node.op === 'scale') return { values: values.map((value) => value * node.factor), width };
  if (node.op !== 'dense') throw new RangeError(`A head of ${graph.name} holds a layer ${node.op}.`);
  const kernel = weightView(graph, weights, node.kernel);
  const bias = node.bias === null ? null : weightView(graph, weights, node.bias);
  const to = kernel.length / width;
  const count = values.length / width;
  const out = new Float32Array(count * to);
  for (let row = 0; row < count; row += 1) {
    const at = row * to;
    if (bias) out.set(bias, at);
    for (let d = 0; d < width; d += 1) {
      const value = values[row * width + d] as number;
      if (value === 0) continue;
      const start = d * to;
      for (let c = 0; c < to; c += 1) out[at + c] = (out[at + c] as number) + value * (kernel[start + c] as number);
    }
  }
  return { values: out, width: to };
}
