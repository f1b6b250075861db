import { createRequire } from 'node:module';
import { createRandom } from '#core/math/random.ts';
import { concat as joinBytes } from '../export/layers-model.ts';
import { bytes, float, int, message, text, type Message } from '#core/formats/protobuf.ts';
import { openEmbedder } from './embedder.ts';
import type { Backbone } from './compose.ts';

/** Optional: absent where its binary is. */
export const hasRuntime = ((): boolean => {
  try {
    createRequire(import.meta.url)('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
})();

export const COUNT = 3;

export function drawPixels(side: number): Uint8Array {
  const random = createRandom(5);
  return Uint8Array.from({ length: COUNT * side * side * 3 }, () => random.below(256));
}

export async function embedDrawn(backbone: Backbone, side = backbone.graph.input.size): Promise<Float32Array> {
  const embedder = await openEmbedder(backbone, { side, threads: 1 });
  const features = await embedder.embed(drawPixels(side));
  await embedder.close();
  return features;
}

export interface DrawnNode {
  op: string;
  inputs: string[];
  output: string;
  ints?: Record<string, number[]>;
  whole?: Record<string, number>;
  floats?: Record<string, number>;
}

export interface DrawnConstant {
  shape: number[];
  values: Float32Array;
  type?: number;
  /** Says that its bytes lie in another file. */
  external?: boolean;
}

/** A small ONNX file as an exporter writes it; field numbers as in onnx.proto3. */
export function writeDrawnOnnx(
  nodes: readonly DrawnNode[],
  constants: Record<string, DrawnConstant>,
  given: { shape?: number[]; output: string },
): Uint8Array {
  const attribute = (name: string, ...parts: Message[]): Message => message(5, text(1, name), ...parts);
  const { shape = [1, 3, 20, 20], output } = given;
  const graph = [
    ...nodes.map(({ op, inputs, output: made, ints = {}, whole = {}, floats = {} }) =>
      message(
        1,
        ...inputs.map((input) => text(1, input)),
        text(2, made),
        text(4, op),
        ...Object.entries(ints).map(([name, values]) =>
          attribute(name, ...values.map((value) => int(8, value)), int(20, 7)),
        ),
        ...Object.entries(whole).map(([name, value]) => attribute(name, int(3, value), int(20, 2))),
        ...Object.entries(floats).map(([name, value]) => attribute(name, float(2, value), int(20, 1))),
      ),
    ),
    text(2, 'drawn'),
    ...Object.entries(constants).map(([name, { shape: sides, values, type = 1, external = false }]) =>
      message(
        5,
        ...sides.map((side) => int(1, side)),
        int(2, type),
        text(8, name),
        ...(external
          ? [message(13, text(1, 'location'), text(2, '../../etc/passwd')), int(14, 1)]
          : [bytes(9, new Uint8Array(values.slice().buffer))]),
      ),
    ),
    message(
      11,
      text(1, 'image'),
      message(2, message(1, int(1, 1), message(2, ...shape.map((side) => message(1, int(1, side)))))),
    ),
    message(12, text(1, output), message(2, message(1, int(1, 1)))),
  ];
  return joinBytes([int(1, 8), message(7, ...graph), message(8, text(1, ''), int(2, 17))].flat());
}

/** The first half of a ResNet as PyTorch writes it: padding side by side, norms beside convolutions, a residual. */
export function drawResNet(): { nodes: DrawnNode[]; constants: Record<string, DrawnConstant> } {
  const random = createRandom(9);
  const draw = (shape: number[], centre = 0): DrawnConstant => ({
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => centre + random.normal() * 0.3),
  });
  const seven = { kernel_shape: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3] };
  const three = { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] };
  return {
    nodes: [
      { op: 'Conv', inputs: ['image', 'stem'], output: 'stem.out', ints: seven },
      {
        op: 'BatchNormalization',
        inputs: ['stem.out', 'gamma', 'beta', 'mean', 'variance'],
        output: 'norm',
        floats: { epsilon: 1e-3 },
      },
      { op: 'Relu', inputs: ['norm'], output: 'relu' },
      {
        op: 'MaxPool',
        inputs: ['relu'],
        output: 'pool',
        ints: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      },
      { op: 'Conv', inputs: ['pool', 'depth', 'bias'], output: 'depth.out', ints: three, whole: { group: 6 } },
      { op: 'Clip', inputs: ['depth.out', 'zero', 'six'], output: 'clip' },
      { op: 'Conv', inputs: ['clip', 'point', 'bias'], output: 'point.out', ints: { kernel_shape: [1, 1] } },
      { op: 'Add', inputs: ['point.out', 'pool'], output: 'sum' },
      { op: 'GlobalAveragePool', inputs: ['sum'], output: 'mean.out' },
      { op: 'Flatten', inputs: ['mean.out'], output: 'features' },
      { op: 'Gemm', inputs: ['features', 'head'], output: 'logits' },
    ],
    constants: {
      stem: draw([6, 3, 7, 7]),
      gamma: draw([6], 1),
      beta: draw([6]),
      mean: draw([6]),
      variance: { shape: [6], values: Float32Array.from({ length: 6 }, (_, i) => 0.5 + i / 6) },
      depth: draw([6, 1, 3, 3]),
      bias: draw([6]),
      point: draw([6, 6, 1, 1]),
      zero: { shape: [], values: Float32Array.of(0) },
      six: { shape: [], values: Float32Array.of(6) },
      head: draw([6, 4]),
    },
  };
}
