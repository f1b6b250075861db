/** Values of a program's uniforms by name. */
export type Uniforms = Record<string, number>;

/** A program in the form that TensorFlow.js's WebGPU backend runs (its own are classes of the same fields). */
interface Program {
  variableNames: string[];
  outputShape: number[];
  shaderKey: string;
  dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  workgroupSize: [number, number, number];
  uniforms: string;
  getUserCode(): string;
}

export interface ProgramOptions {
  /** Names of the inputs in the code, in order. */
  inputs: string[];
  shape: number[];
  groups: [number, number, number];
  uniforms: Uniforms;
  size: [number, number];
}

/** Uniforms that are f32; all others are i32. */
const FLOATS = new Set(['epsilon']);

export const typeOf = (uniform: string): 'float32' | 'int32' => (FLOATS.has(uniform) ? 'float32' : 'int32');

/**
 * A program of the given WGSL. The code has `main(index: i32)`, its inputs by name, `result`, `uniforms` with the
 * shapes and the given values, and localId, localIndex, workgroupId.
 */
export const programOf = (
  name: string,
  code: string,
  { inputs, shape, groups, uniforms, size }: ProgramOptions,
): Program => ({
  variableNames: inputs,
  outputShape: shape,
  shaderKey: `pupil_${name}`,
  dispatchLayout: { x: shape.map((_, i) => i) },
  dispatch: groups,
  workgroupSize: [...size, 1],
  uniforms: Object.keys(uniforms)
    .map((uniform) => `${uniform} : ${typeOf(uniform) === 'float32' ? 'f32' : 'i32'},`)
    .join(' '),
  getUserCode: () => code,
});
