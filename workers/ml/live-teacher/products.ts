/**
 * Matrix products on typed arrays. Four by four sums at a time stay in registers, which is most of the speed there is
 * to have.
 */

type Floats = Float32Array | Float64Array;
type Values = Floats | Int8Array;

/**
 * A·Bᵀ: every row of A against every row of B.
 * @param a [rows, width]
 * @param b [columns, width]
 * @returns [rows, columns]
 */
export function timesTransposed(a: Values, b: Values, width: number): Float32Array {
  const rows = a.length / width;
  const columns = b.length / width;
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i += 4) {
    const tall = Math.min(4, rows - i);
    for (let j = 0; j < columns; j += 4) {
      const wide = Math.min(4, columns - j);
      if (tall === 4 && wide === 4) block(a, i * width, b, j * width, width, out, i * columns + j, columns);
      else edge(a, b, width, out, columns, { i, j, tall, wide });
    }
  }
  return out;
}

function block(
  a: Values,
  a0: number,
  b: Values,
  b0: number,
  width: number,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  const [a1, a2, a3] = [a0 + width, a0 + 2 * width, a0 + 3 * width];
  const [b1, b2, b3] = [b0 + width, b0 + 2 * width, b0 + 3 * width];
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let d = 0; d < width; d += 1) {
    const x0 = a[a0 + d] as number;
    const x1 = a[a1 + d] as number;
    const x2 = a[a2 + d] as number;
    const x3 = a[a3 + d] as number;
    const y0 = b[b0 + d] as number;
    const y1 = b[b1 + d] as number;
    const y2 = b[b2 + d] as number;
    const y3 = b[b3 + d] as number;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
    s23 += x2 * y3;
    s30 += x3 * y0;
    s31 += x3 * y1;
    s32 += x3 * y2;
    s33 += x3 * y3;
  }
  out[at] = s00;
  out[at + 1] = s01;
  out[at + 2] = s02;
  out[at + 3] = s03;
  out[at + stride] = s10;
  out[at + stride + 1] = s11;
  out[at + stride + 2] = s12;
  out[at + stride + 3] = s13;
  out[at + 2 * stride] = s20;
  out[at + 2 * stride + 1] = s21;
  out[at + 2 * stride + 2] = s22;
  out[at + 2 * stride + 3] = s23;
  out[at + 3 * stride] = s30;
  out[at + 3 * stride + 1] = s31;
  out[at + 3 * stride + 2] = s32;
  out[at + 3 * stride + 3] = s33;
}

function edge(
  a: Values,
  b: Values,
  width: number,
  out: Float32Array,
  stride: number,
  place: { i: number; j: number; tall: number; wide: number },
): void {
  for (let i = place.i; i < place.i + place.tall; i += 1) {
    for (let j = place.j; j < place.j + place.wide; j += 1) {
      let sum = 0;
      for (let d = 0; d < width; d += 1) sum += (a[i * width + d] as number) * (b[j * width + d] as number);
      out[i * stride + j] = sum;
    }
  }
}

/** The transpose of [rows, columns]: [columns, rows]. */
export function transpose(values: Floats, columns: number): Float32Array {
  const rows = values.length / columns;
  const out = new Float32Array(values.length);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) out[j * rows + i] = values[i * columns + j] as number;
  }
  return out;
}
