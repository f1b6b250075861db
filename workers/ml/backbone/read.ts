import type { BackboneKind, PixelScaleName } from '#core/run/backbones.ts';
import type { Backbone } from './compose.ts';
import { readGraphModel } from './tfjs/graph-model.ts';
import { readLayers } from './tfjs/layers.ts';
import { LIMITS, refuseAs } from './limits.ts';
import { readOnnx } from './onnx/onnx.ts';
import { isRecord } from './tfjs/tfjs-weights.ts';
import { readTflite } from './tflite/tflite.ts';

export interface ReadOptions {
  name: string;
  scale: PixelScaleName;
  /** Layer whose features are wanted, by its name in the file; the last map before the head unless told. */
  layer?: string;
}

const refuse = refuseAs('file');

/** Bytes of a model.json: layers and names, no weights. */
const JSON_BYTES = 32 * 2 ** 20;

/**
 * Reads a backbone from the files of a model, whatever its kind: TensorFlow Lite, ONNX, or model.json with its weights.
 * @param files by path: one model file, or those of a zip
 * @throws AppError BAD_INPUT with the true reason
 */
export function readBackbone(
  files: ReadonlyMap<string, Uint8Array>,
  options: ReadOptions,
): { kind: BackboneKind; backbone: Backbone } {
  const path = [...files.keys()].find((name) => name === 'model.json' || name.endsWith('/model.json'));
  const json = path === undefined ? undefined : files.get(path);
  if (path !== undefined && json !== undefined) return readTfjs(files, path, json, options);
  const taps = options.layer === undefined ? {} : { taps: [options.layer] };
  const models = [...files].filter(([name, bytes]) => isTflite(bytes) || /\.(onnx|tflite)$/i.test(name));
  const [model] = models.length === 0 && files.size === 1 ? files : models;
  if (model === undefined) return refuse('it holds no model.json, no .onnx and no .tflite');
  if (models.length > 1) return refuse(`it holds ${models.length} models, and one is needed`);
  const [name, bytes] = model;
  if (isTflite(bytes) || /\.tflite$/i.test(name))
    return { kind: 'tflite', backbone: readTflite(bytes, { ...options, ...taps }) };
  // An ONNX file begins with its version: field 1, a small number.
  if (/\.onnx$/i.test(name) || bytes[0] === 8) return { kind: 'onnx', backbone: readOnnx(bytes, options) };
  return refuse('it is of no kind that is known');
}

const isTflite = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(4, 8)) === 'TFL3';

/** Weight files that a model.json names, in their order, one name once. */
export function listWeightFiles(json: Uint8Array): string[] {
  const manifest = parse(json)['weightsManifest'];
  if (!Array.isArray(manifest)) return refuse('its model.json lists no weights');
  const paths = manifest.flatMap((group: unknown): unknown[] =>
    isRecord(group) && Array.isArray(group['paths']) ? (group['paths'] as unknown[]) : [],
  );
  if (paths.length > LIMITS.entries) return refuse(`its model.json names ${paths.length} weight files`);
  const names = paths.map((name) =>
    typeof name === 'string' && name !== '' ? name : refuse('a weight file has no name'),
  );
  if (new Set(names).size !== names.length) return refuse('its model.json names a weight file more than once');
  return names;
}

function readTfjs(
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
  json: Uint8Array,
  options: ReadOptions,
): { kind: BackboneKind; backbone: Backbone } {
  const model = parse(json);
  const folder = path.slice(0, -'model.json'.length);
  const parts = listWeightFiles(json).map(
    (name) => files.get(folder + name) ?? refuse(`the weight file ${name.slice(0, 100)} is missing`),
  );
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  if (total > LIMITS.bytes) return refuse(`its weights are larger than ${LIMITS.bytes / 2 ** 20} MiB`);
  const weights = Buffer.concat(parts);
  const { format, modelTopology: topology } = model;
  if (format !== undefined && format !== 'layers-model' && format !== 'graph-model') {
    return refuse(`the format of its model.json is ${String(format).slice(0, 100)}`);
  }
  const isGraph = format === 'graph-model' || (isRecord(topology) && Array.isArray(topology['node']));
  return isGraph
    ? { kind: 'graph', backbone: readGraphModel(model, weights, options) }
    : { kind: 'layers', backbone: readLayers(model, weights, options) };
}

function parse(json: Uint8Array): Record<string, unknown> {
  if (json.length > JSON_BYTES) return refuse(`its model.json is larger than ${JSON_BYTES / 2 ** 20} MiB`);
  try {
    const parsed: unknown = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'));
    if (isRecord(parsed)) return parsed;
  } catch {
    // Said below, as of any other text.
  }
  return refuse('its model.json is not JSON');
}
