/** Numbers as 16-bit floats: half the room, and three digits, which is more than a feature knows. */

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Largest float16; what lies beyond is cut to it. */
const LARGEST = 65504;

/** Bytes of the numbers as float16, little-endian, rounded to the nearest; what is not a number becomes 0. */
export function toHalf(values: Float32Array): Uint8Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i += 1) out[i] = halfOf(values[i] as number);
  return new Uint8Array(out.buffer);
}

function halfOf(value: number): number {
  if (Number.isNaN(value)) return 0;
  float[0] = Math.max(-LARGEST, Math.min(LARGEST, value));
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  const fraction = word & 0x7fffff;
  if (exponent > 0) {
    const rounded = ((exponent << 10) | (fraction >>> 13)) + ((fraction >>> 12) & 1);
    return sign | Math.min(rounded, 0x7bff);
  }
  if (exponent < -10) return sign;
  const whole = (fraction | 0x800000) >>> (1 - exponent);
  return sign | ((whole + 0x1000) >>> 13);
}

/** All float16, by their bits. */
const table = Float32Array.from({ length: 65536 }, (_, word) => {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >>> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 31) return 0;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
});

/** The numbers of `toHalf`'s bytes. */
export function fromHalf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bytes.length >>> 1);
  for (let i = 0; i < out.length; i += 1)
    out[i] = table[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number;
  return out;
}
