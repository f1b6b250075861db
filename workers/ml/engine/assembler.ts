/**
 * A WebAssembly assembler of the few instructions that our kernels need. Kernels are generated for the exact
 * shapes they run on (constants for strides, unrolled register tiles), which a general binary cannot be.
 * Encodings: https://webassembly.github.io/spec/core/binary/instructions.html and the relaxed SIMD proposal.
 */

/** "\0asm", version 1. */
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const I32 = 0x7f;
const V128 = 0x7b;

/** SIMD sub-opcodes (prefix 0xfd). */
export const SIMD = {
  load: 0x00,
  loadSplat: 0x09,
  store: 0x0b,
  splat: 0x13,
  eq: 0x41,
  lt: 0x43,
  gt: 0x44,
  and: 0x4e,
  andnot: 0x4f,
  or: 0x50,
  sqrt: 0xe3,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  pmin: 0xea,
  pmax: 0xeb,
  /** Relaxed: a·b + c, fused where the processor has it. */
  madd: 0x105,
} as const;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}

/** The body of one function. Parameters are i32 locals 0..n-1; further locals are declared by `i32()` and `v128()`. */
export class Code {
  readonly bytes: number[] = [];
  readonly fused: boolean;
  private readonly types: number[] = [];
  private readonly parameters: number;

  constructor(parameters: number, fused: boolean) {
    this.parameters = parameters;
    this.fused = fused;
  }

  private declare(type: number): number {
    this.types.push(type);
    return this.parameters + this.types.length - 1;
  }

  i32(): number {
    return this.declare(I32);
  }

  v128(): number {
    return this.declare(V128);
  }

  v128s(count: number): number[] {
    return Array.from({ length: count }, () => this.v128());
  }

  get(local: number): this {
    this.bytes.push(0x20, ...unsigned(local));
    return this;
  }

  set(local: number): this {
    this.bytes.push(0x21, ...unsigned(local));
    return this;
  }

  constant(value: number): this {
    this.bytes.push(0x41, ...signed(value));
    return this;
  }

  add(): this {
    this.bytes.push(0x6a);
    return this;
  }

  copy(from: number, to: number): this {
    return this.get(from).set(to);
  }

  /** local += bytes. */
  advance(local: number, bytes: number): this {
    return bytes === 0 ? this : this.get(local).constant(bytes).add().set(local);
  }

  simd(op: number): this {
    this.bytes.push(0xfd, ...unsigned(op));
    return this;
  }

  private access(op: number, offset: number): this {
    return this.simd(op).raw(2, ...unsigned(offset));
  }

  raw(...bytes: number[]): this {
    this.bytes.push(...bytes);
    return this;
  }

  /** Four floats at pointer + offset → stack. */
  load(pointer: number, offset: number): this {
    return this.get(pointer).access(SIMD.load, offset);
  }

  /** One float at pointer + offset in all four lanes → stack. */
  loadSplat(pointer: number, offset: number): this {
    return this.get(pointer).access(SIMD.loadSplat, offset);
  }

  /** Stores what `value` leaves on the stack at pointer + offset. */
  store(pointer: number, offset: number, value: () => void): this {
    this.get(pointer);
    value();
    return this.access(SIMD.store, offset);
  }

  zero(): this {
    return this.simd(0x0c).raw(...Array.from({ length: 16 }, () => 0));
  }

  /** Four lanes of one constant → stack. */
  splat(value: number): this {
    const bytes = [...new Uint8Array(new Float32Array([value]).buffer)];
    return this.simd(0x0c).raw(...bytes, ...bytes, ...bytes, ...bytes);
  }

  /** accumulator += a·b, for v128 locals. */
  multiplyAdd(accumulator: number, a: number, b: number): this {
    return this.fusedSum(a, b, accumulator).set(accumulator);
  }

  /** a·b + summand of v128 locals → stack. */
  fusedSum(a: number, b: number, summand: number): this {
    if (this.fused) return this.get(a).get(b).get(summand).simd(SIMD.madd);
    return this.get(summand).get(a).get(b).simd(SIMD.mul).simd(SIMD.add);
  }

  /** a + b of v128 locals → stack. */
  sum(a: number, b: number): this {
    return this.get(a).get(b).simd(SIMD.add);
  }

  /** a − b of v128 locals → stack. */
  difference(a: number, b: number): this {
    return this.get(a).get(b).simd(SIMD.sub);
  }

  /** Runs body `count` times, counting in a local of its own; `count` 0 emits nothing. */
  times(count: number, body: () => void): this {
    if (count <= 0) return this;
    if (count === 1) {
      body();
      return this;
    }
    const counter = this.i32();
    return this.constant(count).set(counter).whileCounting(counter, body);
  }

  /** Runs body as often as the local says; the local must be at least 1 and ends at 0. */
  whileCounting(counter: number, body: () => void): this {
    this.raw(0x03, 0x40);
    body();
    return this.get(counter).constant(-1).add().set(counter).get(counter).raw(0x0d, 0x00, 0x0b);
  }

  /** Four of the eight floats of two v128 locals, by index, → stack. */
  shuffle(a: number, b: number, lanes: number[]): this {
    return this.get(a)
      .get(b)
      .simd(0x0d)
      .raw(...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)));
  }

  finish(): number[] {
    const locals = this.types.flatMap((type) => [1, type]);
    const body = [...unsigned(this.types.length), ...locals, ...this.bytes, 0x0b];
    return [...unsigned(body.length), ...body];
  }
}

export interface KernelSource {
  name: string;
  parameters: number;
  build(code: Code): void;
}

export type Kernel = (...parameters: number[]) => void;

const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const section = (id: number, body: number[]): number[] => [id, ...unsigned(body.length), ...body];

/** Bytes of a module that imports memory `env.memory` and exports one function: i32 parameters, no result. */
export function assemble(source: KernelSource, fused: boolean): Uint8Array<ArrayBuffer> {
  const code = new Code(source.parameters, fused);
  source.build(code);
  return new Uint8Array([
    ...PREAMBLE,
    ...section(1, [1, 0x60, source.parameters, ...Array.from({ length: source.parameters }, () => I32), 0]),
    ...section(2, [1, ...text('env'), ...text('memory'), 0x02, 0x00, 0x00]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0x00, 0x00]),
    ...section(10, [1, ...code.finish()]),
  ]);
}

/** Whether this runtime compiles the relaxed multiply-add. */
export function hasFusedMultiplyAdd(): boolean {
  const probe: KernelSource = {
    name: 'probe',
    parameters: 0,
    build: (code) => {
      const v = code.v128();
      code.multiplyAdd(v, v, v);
    },
  };
  return WebAssembly.validate(assemble(probe, true));
}
