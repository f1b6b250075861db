/**
 * A reader for the tests of what we write: field number → its values, in order. Nested messages and texts are bytes
 * still.
 */
export type Fields = Map<number, (number | Uint8Array)[]>;

const decoder = new TextDecoder();

/** @throws RangeError when the bytes are no protobuf message */
export function readFields(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  const next = (wire: number): number | Uint8Array => {
    if (wire === 0) return varint();
    if (wire === 5) {
      at += 4;
      return view.getFloat32(at - 4, true);
    }
    if (wire !== 2) throw new RangeError(`wire type ${wire} at byte ${at}`);
    const length = varint();
    if (at + length > bytes.length) throw new RangeError(`a value of ${length} bytes at byte ${at} leaves the message`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), next(tag & 7)]);
  }
  return fields;
}

export const messages = (fields: Fields, field: number): Fields[] =>
  (fields.get(field) ?? []).map((value) => readFields(value as Uint8Array));
export const texts = (fields: Fields, field: number): string[] =>
  (fields.get(field) ?? []).map((value) => decoder.decode(value as Uint8Array));
export const numbers = (fields: Fields, field: number): number[] => (fields.get(field) ?? []).map(Number);
