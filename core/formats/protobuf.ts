/**
 * As much of protocol buffers as ONNX files, SavedModels and event files need: varints, strings, bytes and nested
 * messages, written in field order. https://protobuf.dev/programming-guides/encoding/
 */
export type Message = Uint8Array[];

const encoder = new TextEncoder();

/** Unsigned LEB128; numbers up to 2^53. Negative numbers take ten bytes, as protobuf's int64 does. */
export function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

export const int = (field: number, value: number): Message => [varint(field * 8), varint(value)];

export const bytes = (field: number, value: Uint8Array): Message => [
  varint(field * 8 + 2),
  varint(value.length),
  value,
];

export const text = (field: number, value: string): Message => bytes(field, encoder.encode(value));

export const float = (field: number, value: number): Message => [
  varint(field * 8 + 5),
  new Uint8Array(Float32Array.of(value).buffer),
];

export const double = (field: number, value: number): Message => [
  varint(field * 8 + 1),
  new Uint8Array(Float64Array.of(value).buffer),
];

export const message = (field: number, ...parts: Message[]): Message => {
  const body = parts.flat();
  return [varint(field * 8 + 2), varint(body.reduce((sum, part) => sum + part.length, 0)), ...body];
};
