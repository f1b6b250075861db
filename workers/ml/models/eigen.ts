/** Sweeps after which a 12×12 matrix has long converged. */
const SWEEPS = 30;

/**
 * Eigenvalues and unit eigenvectors of a symmetric matrix [size, size] by cyclic Jacobi rotations (Golub & Van Loan
 * 8.5), largest first; vector k is vectors[k·size .. (k+1)·size).
 */
export function symmetricEigen(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(matrix);
  const v = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const at = (m: Float64Array, i: number, j: number): number => m[i * size + j] as number;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let p = 0; p < size; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        if (Math.abs(at(a, p, q)) < 1e-15) continue;
        const theta = (at(a, q, q) - at(a, p, p)) / (2 * at(a, p, q));
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(t * t + 1);
        const sine = t * cosine;
        for (let k = 0; k < size; k += 1) rotate(a, k * size + p, k * size + q, cosine, sine);
        for (let k = 0; k < size; k += 1) rotate(a, p * size + k, q * size + k, cosine, sine);
        for (let k = 0; k < size; k += 1) rotate(v, p * size + k, q * size + k, cosine, sine);
      }
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i));
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => vectors.set(v.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => at(a, i, i)), vectors };
}

function rotate(m: Float64Array, i: number, j: number, cosine: number, sine: number): void {
  const [x, y] = [m[i] as number, m[j] as number];
  m[i] = cosine * x - sine * y;
  m[j] = sine * x + cosine * y;
}
