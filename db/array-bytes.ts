/**
 * One-dimensional arrays as Postgres' `array_send` writes them: dimensions, null flag, element type, size, lower bound,
 * then each element with its length, all in network order. No element may be null.
 * https://www.postgresql.org/docs/current/functions-array.html
 */
const HEADER = 20;

function readArray<T extends Float32Array | Int16Array>(
  bytes: Buffer | null,
  width: number,
  make: (count: number) => T,
  read: (bytes: Buffer, at: number) => number,
): T {
  const count = bytes === null || bytes.length < HEADER ? 0 : bytes.readInt32BE(12);
  const result = make(count);
  if (bytes !== null) for (let i = 0; i < count; i += 1) result[i] = read(bytes, HEADER + i * (4 + width) + 4);
  return result;
}

export const readReals = (bytes: Buffer | null): Float32Array =>
  readArray(
    bytes,
    4,
    (count) => new Float32Array(count),
    (from, at) => from.readFloatBE(at),
  );
export const readSmallInts = (bytes: Buffer | null): Int16Array =>
  readArray(
    bytes,
    2,
    (count) => new Int16Array(count),
    (from, at) => from.readInt16BE(at),
  );
