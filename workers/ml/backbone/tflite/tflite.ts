import { Composer, type Activation, type Backbone, type Place } from '../compose.ts';
import type { Table } from './flatbuffer.ts';
import { kernelToLast } from '../kernels.ts';
import { boundedSize, LIMITS, refuseAs, type Refuse } from '../limits.ts';
import {
  readFloats,
  readInt32s,
  readTfliteFile,
  type TfliteFile,
  type TfliteOperator,
  type TfliteTensor,
} from './tflite-file.ts';
import { SCALES, type PixelScaleName } from '../scales.ts';

export interface TfliteOptions {
  name: string;
  scale: PixelScaleName;
  /**
   * Names of tensors [1, h, w, c] whose averages make the embedding, joined; the last feature map before the head
   * unless told.
   */
  taps?: readonly string[];
}

const refuseTflite = refuseAs('tflite');

/** Codes of ActivationFunctionType. */
const ACTIVATIONS: readonly (string | null)[] = [null, 'relu', 'RELU_N1_TO_1', 'relu6', 'TANH', 'SIGN_BIT'];

/**
 * Reads a TensorFlow Lite convolutional net (float32, or float16 behind DEQUANTIZE) into a graph of ours, so that it
 * is frozen, tuned and exported like any other. Its own head is left out.
 * @throws AppError BAD_INPUT with the reason for everything else: quantised weights, unknown operators, a damaged file
 */
export function readTflite(bytes: Uint8Array, options: TfliteOptions): Backbone {
  const file = readTfliteFile(bytes, refuseTflite);
  return new TfliteReader(file, refuseTflite).read(options);
}

class TfliteReader {
  private readonly file: TfliteFile;
  private readonly refuse: Refuse;
  private readonly composer: Composer;
  /** Tensor → the operator that gives it. */
  private readonly makers: ReadonlyMap<number, number>;
  private readonly places = new Map<number, Place>();

  constructor(file: TfliteFile, refuse: Refuse) {
    this.file = file;
    this.refuse = refuse;
    this.composer = new Composer(refuse);
    this.makers = new Map(
      file.operators.flatMap(({ outputs }, i) => outputs.map((tensor): [number, number] => [tensor, i])),
    );
  }

  read({ name, scale, taps }: TfliteOptions): Backbone {
    const [input = -1, ...more] = this.file.inputs;
    const { shape } = this.tensor(input);
    if (more.length > 0) this.refuse(`it has ${more.length + 1} inputs, and one image is needed`);
    const [, height = 0, width = 0, channels = 0] = shape;
    if (shape.length !== 4 || height !== width) this.refuse(`its input is ${shape.join('×')}, not a square image`);
    this.places.set(input, this.composer.input(channels));
    const wanted = taps === undefined ? [this.findFeatures()] : taps.map((tap) => this.findTap(tap));
    const needed = this.needed(wanted);
    this.checkTotal(needed);
    this.file.operators.forEach((operator, i) => {
      if (needed.has(i)) this.convert(operator);
    });
    return this.composer.finish(
      wanted.map((tensor) => this.place(tensor)),
      { name, size: height, ...SCALES[scale] },
    );
  }

  private tensor(index: number): TfliteTensor {
    return this.file.tensors[index] ?? this.refuse('an operator names a tensor that is not there');
  }

  private place(tensor: number): Place {
    return (
      this.places.get(tensor) ??
      this.refuse(`tensor ${this.tensor(tensor).name} is read before it is made, or is not made of the image`)
    );
  }

  /** A tensor that layers give, by its name or, where a converter joined several names, by the first. */
  private findTap(name: string): number {
    const index = this.file.tensors.findIndex(
      (tensor, i) =>
        (tensor.name === name || tensor.name.startsWith(`${name};`)) && this.makers.has(i) && !this.isConstant(i),
    );
    return index < 0 ? this.refuse(`it has no layer "${name.slice(0, 100)}"`) : index;
  }

  /** The last map of features before the head: from the output back to the first tensor that still has places. */
  private findFeatures(): number {
    let tensor = this.file.outputs[0] ?? this.refuse('it has no output');
    for (let steps = 0; steps <= this.file.operators.length; steps += 1) {
      const [, height = 1, width = 1] = this.tensor(tensor).shape;
      if (this.tensor(tensor).shape.length === 4 && height * width > 1) return tensor;
      const maker = this.file.operators[this.makers.get(tensor) ?? -1];
      if (maker === undefined) return this.refuse('it has no convolutions before its output');
      const inputs = maker.inputs.filter((i) => i >= 0 && this.makers.has(i) && !this.isConstant(i));
      if (inputs.length > 1)
        return this.refuse('its output joins several branches: name the layers whose features are wanted');
      tensor = inputs[0] ?? this.refuse('it has no convolutions before its output');
    }
    return this.refuse('its operators go round in a circle');
  }

  /** Weights: stored, or dequantised from stored ones. */
  private isConstant(tensor: number): boolean {
    if (this.tensor(tensor).data.length > 0) return true;
    const maker = this.file.operators[this.makers.get(tensor) ?? -1];
    return maker?.kind === 'DEQUANTIZE' && this.tensor(maker.inputs[0] ?? -1).data.length > 0;
  }

  /** Operators on which the taps depend. */
  private needed(taps: readonly number[]): Set<number> {
    const needed = new Set<number>();
    const open = [...taps];
    for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
      const maker = this.makers.get(tensor);
      if (maker === undefined || needed.has(maker)) continue;
      needed.add(maker);
      open.push(...(this.file.operators[maker]?.inputs ?? []).filter((i) => i >= 0));
    }
    return needed;
  }

  /** Before any number is read: a file may name the same bytes many times. */
  private checkTotal(needed: ReadonlySet<number>): void {
    let total = 0;
    for (const index of needed) {
      const [, kernel] = this.file.operators[index]?.inputs ?? [];
      if (kernel === undefined || kernel < 0 || !this.isConstant(kernel)) continue;
      const { name, shape } = this.tensor(kernel);
      total += boundedSize(shape, `tensor ${name}`, this.refuse);
    }
    if (total > LIMITS.weights) this.refuse(`its layers hold more than ${LIMITS.weights} numbers together`);
  }

  /** The tensor that holds a weight's numbers, in its own precision. */
  private stored(index: number | undefined, what: string): TfliteTensor {
    if (index === undefined || index < 0) return this.refuse(`${what} has no weights`);
    const tensor = this.tensor(index);
    const maker = this.file.operators[this.makers.get(index) ?? -1];
    if (tensor.data.length > 0 || maker?.kind !== 'DEQUANTIZE') return tensor;
    return this.tensor(maker.inputs[0] ?? -1);
  }

  private convert(operator: TfliteOperator): void {
    const { kind, inputs, outputs } = operator;
    const [output = -1] = outputs;
    const { name } = this.tensor(output);
    if (kind === 'DEQUANTIZE') {
      if (!this.isConstant(output))
        this.refuse(
          `it computes with ${this.tensor(inputs[0] ?? -1).type} numbers: export it with float32 or float16 weights`,
        );
      return;
    }
    const from = this.place(inputs[0] ?? -1);
    this.places.set(output, this.convertOne(operator, name, from));
  }

  private convertOne({ kind, inputs, options }: TfliteOperator, name: string, from: Place): Place {
    switch (kind) {
      case 'CONV_2D': {
        const { values, shape } = this.kernel(inputs[1], name);
        // OHWI → HWIO.
        const [o = 0, h = 0, w = 0, i = 0] = shape;
        const kernel = { shape: [h, w, i, o], values: kernelToLast(values, o, h * w, i) };
        return this.composer.conv(name, from, {
          kernel,
          ...this.convolution(inputs, options, name, { activation: 3, dilation: 4 }),
        });
      }
      case 'DEPTHWISE_CONV_2D': {
        const { values, shape } = this.kernel(inputs[1], name);
        const [, h = 0, w = 0, c = 0] = shape;
        if (c !== from.channels) this.refuse(`layer ${name} makes ${c} channels of ${from.channels}`);
        const kernel = { shape: [h, w, c, 1], values };
        return this.composer.depthwise(name, from, {
          kernel,
          ...this.convolution(inputs, options, name, { activation: 4, dilation: 5 }),
        });
      }
      case 'ADD': {
        if (this.isConstant(inputs[1] ?? -1)) this.refuse(`layer ${name} adds a constant`);
        const sum = this.composer.add(name, from, this.place(inputs[1] ?? -1));
        return this.composer.activate(`${name}.act`, sum, this.activation(options?.uint8(0) ?? 0, name));
      }
      case 'RELU':
      case 'RELU6':
        return this.composer.activate(name, from, kind === 'RELU' ? 'relu' : 'relu6');
      case 'AVERAGE_POOL_2D':
      case 'MAX_POOL_2D': {
        const [stride, size] = [this.same(options, 1, 2, name), this.same(options, 3, 4, name)];
        const op = kind === 'MAX_POOL_2D' ? 'maxPool' : 'avgPool';
        const pooled = this.composer.pool(name, from, op, { stride, size, padding: padding(options) });
        return this.composer.activate(`${name}.act`, pooled, this.activation(options?.uint8(5) ?? 0, name));
      }
      case 'PAD': {
        const sides = readInt32s(this.tensor(inputs[1] ?? -1), this.refuse);
        const [, , top = 0, bottom = 0, left = 0, right = 0] = sides;
        if (sides.length !== 8 || [0, 1, 6, 7].some((i) => sides[i] !== 0))
          this.refuse(`layer ${name} pads other sides than those of the image`);
        return this.composer.zeroPad(name, from, [top, bottom, left, right]);
      }
      default:
        return this.refuse(`its ${kind} (${name}) is not supported`);
    }
  }

  private kernel(index: number | undefined, layer: string): { values: Float32Array; shape: number[] } {
    const tensor = this.stored(index, `layer ${layer}`);
    return { values: readFloats(tensor, this.refuse), shape: tensor.shape };
  }

  private convolution(
    inputs: readonly number[],
    options: Table | null,
    name: string,
    at: { activation: number; dilation: number },
  ) {
    const [, , bias = -1] = inputs;
    if (this.same(options, at.dilation, at.dilation + 1, name, 1) !== 1) this.refuse(`layer ${name} uses dilation`);
    return {
      bias: bias < 0 ? null : readFloats(this.stored(bias, `layer ${name}`), this.refuse),
      stride: this.same(options, 1, 2, name),
      padding: padding(options),
      activation: this.activation(options?.uint8(at.activation) ?? 0, name),
    };
  }

  private activation(code: number, name: string): Activation {
    const activation = ACTIVATIONS[code];
    if (activation === null || activation === 'relu' || activation === 'relu6') return activation;
    return this.refuse(`layer ${name} uses the activation ${activation ?? code}`);
  }

  /** Two fields that must agree: along the columns and along the rows. */
  private same(options: Table | null, first: number, second: number, name: string, absent = 0): number {
    const [a, b] = [options?.int32(first, absent) ?? absent, options?.int32(second, absent) ?? absent];
    return a === b ? a : this.refuse(`layer ${name} has steps or windows that are not square`);
  }
}

const padding = (options: Table | null): 'same' | 'valid' => ((options?.uint8(0) ?? 0) === 0 ? 'same' : 'valid');
