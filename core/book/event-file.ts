/**
 * Event files as TensorBoard reads them: TFRecords of Event messages with scalar summaries.
 * https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto and summary.proto;
 * framing: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
import { double, float, int, message, text } from '../formats/protobuf.ts';
import type { Message } from '../formats/protobuf.ts';

export interface ScalarEvent {
  step: number;
  /** Seconds since 1970. */
  seconds: number;
  /** By tag; NaN and infinities are written as they are. */
  values: Readonly<Record<string, number>>;
}

/** CRC-32C, Castagnoli, bit by bit reversed. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest >>> 0;
});

/** @example crc32c(new TextEncoder().encode('123456789')) === 0xe3069283 */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (CRC[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** As records hold it: a checksum of bytes that hold checksums would else be weak. */
const masked = (data: Uint8Array): number => {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** Length, its checksum, the data, its checksum. */
function record(data: Uint8Array): Uint8Array {
  const all = new Uint8Array(data.length + 16);
  const view = new DataView(all.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(all.subarray(0, 8)), true);
  all.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return all;
}

const event = (seconds: number, ...parts: Message[]): Uint8Array =>
  record(joined([double(1, seconds), ...parts].flat()));

/** A whole event file: its version first, then an event a step. */
export function writeEventFile(seconds: number, events: readonly ScalarEvent[]): Uint8Array {
  return joined([
    event(seconds, text(3, 'brain.Event:2')),
    ...events.map(({ step, seconds: at, values }) =>
      event(
        at,
        int(2, step),
        message(5, ...Object.entries(values).map(([tag, value]) => message(1, text(1, tag), float(2, value)))),
      ),
    ),
  ]);
}
