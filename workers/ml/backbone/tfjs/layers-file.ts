import { LIMITS, type Refuse } from '../limits.ts';
import { isRecord } from './tfjs-weights.ts';
import type { FileNode } from '../walk.ts';

/** One layer of a Keras-style topology, models inside models taken apart. */
export interface LayerNode extends FileNode {
  /** The layer's own name: what its weights are called by. */
  layer: string;
  settings: Record<string, unknown>;
}

export interface LayersFile {
  layers: LayerNode[];
  output: string;
  /** [null, side, side, channels] of the image; what the file says, unchecked. */
  inputShape: unknown;
  input: string;
}

/** Models by the names that Keras gave them over the years. */
const MODELS = new Set(['Sequential', 'Model', 'Functional']);

/**
 * Takes a TensorFlow.js layers topology apart into one list of layers: the forms of Keras 1 to 3, and models inside
 * models, as Teachable Machine exports them.
 * https://github.com/keras-team/keras/blob/master/keras/src/models/functional.py
 */
export function readLayersFile(topology: unknown, refuse: Refuse): LayersFile {
  if (!isRecord(topology)) return refuse('model.json holds no model topology');
  const outer = isRecord(topology['model_config']) ? topology['model_config'] : topology;
  const reader = new Flattener(refuse);
  const output = reader.flatten(outer, null, '', 0);
  const { layers, image } = reader;
  return image === null
    ? refuse('it has no input layer')
    : { layers, output, input: image.name, inputShape: image.shape };
}

class Flattener {
  readonly layers: LayerNode[] = [];
  image: { name: string; shape: unknown } | null = null;
  private readonly refuse: Refuse;

  constructor(refuse: Refuse) {
    this.refuse = refuse;
  }

  /**
   * @param source what the model is called on; null for the outermost, which is called on the image
   * @returns the name of what the model gives
   */
  flatten(model: Record<string, unknown>, source: string | null, scope: string, depth: number): string {
    if (depth > LIMITS.depth) return this.refuse(`models lie inside each other more than ${LIMITS.depth} deep`);
    const { config } = model;
    const list = Array.isArray(config) ? (config as unknown[]) : isRecord(config) ? config['layers'] : null;
    if (!Array.isArray(list) || list.length === 0) return this.refuse('a model in it lists no layers');
    const names = new Map<string, string>();
    let before = source;
    for (const layer of list as unknown[]) {
      if (!isRecord(layer) || typeof layer['class_name'] !== 'string' || !isRecord(layer['config'])) {
        return this.refuse('a layer has no class or no settings');
      }
      const own = layer['config']['name'] ?? layer['name'];
      if (typeof own !== 'string') return this.refuse('a layer has no name');
      const inputs = model['class_name'] === 'Sequential' ? null : this.inbound(layer['inbound_nodes'], own);
      before = this.place(layer, { own, scope, depth, source, inputs, before, names });
      names.set(own, before);
    }
    const last = before ?? this.refuse('a model in it lists no layers');
    const output = isRecord(config) && model['class_name'] !== 'Sequential' ? firstName(config['output_layers']) : null;
    return output === null
      ? last
      : (names.get(output) ?? this.refuse(`its output ${output.slice(0, 100)} is no layer of it`));
  }

  private place(
    layer: Record<string, unknown>,
    at: {
      own: string;
      scope: string;
      depth: number;
      source: string | null;
      inputs: string[] | null;
      before: string | null;
      names: ReadonlyMap<string, string>;
    },
  ): string {
    const { own, scope, depth, source, before, names } = at;
    const kind = layer['class_name'] as string;
    const settings = layer['config'] as Record<string, unknown>;
    const name = scope + own;
    if (kind === 'InputLayer') return source ?? this.takeImage(name, settings);
    const read = at.inputs?.map(
      (input) => names.get(input) ?? this.refuse(`layer ${own} reads ${input}, which comes later or is unknown`),
    );
    let inputs = read === undefined ? (before === null ? [] : [before]) : read;
    if (inputs.length === 0 && !MODELS.has(kind)) inputs = [source ?? this.takeImage(`${name}.image`, settings)];
    if (MODELS.has(kind)) {
      if (inputs.length > 1) return this.refuse(`the model ${own} in it takes ${inputs.length} inputs`);
      return this.flatten(layer, inputs[0] ?? source, `${name}/`, depth + 1);
    }
    this.layers.push({ name, layer: own, kind, settings, inputs, outputs: [name] });
    if (this.layers.length > LIMITS.nodes) this.refuse(`it has more than ${LIMITS.nodes} layers`);
    return name;
  }

  private takeImage(name: string, settings: Record<string, unknown>): string {
    if (this.image !== null) return this.refuse('it has more than one input');
    this.image = { name, shape: settings['batch_input_shape'] ?? settings['batch_shape'] };
    return name;
  }

  /** Keras 1 and 2: [[[name, 0, 0, {}], …]]; Keras 3: [{ args: [tensor or [tensor, …]], kwargs }]. */
  private inbound(nodes: unknown, own: string): string[] {
    if (!Array.isArray(nodes) || nodes.length === 0) return [];
    if (nodes.length > 1) return this.refuse(`layer ${own} is used twice (shared layers)`);
    const call = nodes[0] as unknown;
    const tensors = isRecord(call) ? (Array.isArray(call['args']) ? (call['args'] as unknown[]).flat() : []) : call;
    if (!Array.isArray(tensors)) return this.refuse(`layer ${own} names its inputs in an unknown way`);
    return tensors.map((tensor: unknown) => {
      const history = isRecord(tensor) && isRecord(tensor['config']) ? tensor['config']['keras_history'] : tensor;
      const [from] = Array.isArray(history) ? (history as unknown[]) : [];
      return typeof from === 'string' ? from : this.refuse(`layer ${own} names its inputs in an unknown way`);
    });
  }
}

/** [[name, 0, 0]], or [name, 0, 0] as Keras 3 writes a single one. */
function firstName(outputs: unknown): string | null {
  const first = Array.isArray(outputs) ? (outputs[0] as unknown) : null;
  const name = Array.isArray(first) ? (first[0] as unknown) : first;
  return typeof name === 'string' ? name : null;
}
