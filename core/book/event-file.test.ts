import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { crc32c, writeEventFile } from './event-file.ts';

/** The published format, by a library that knows nothing of our writer. */
const { root } = protobuf.parse(`syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
  message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }`);

/** Records of a file, each by its length and both checksums. */
function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset);
  const unmask = (masked: number): number => {
    const turned = (masked - 0xa282ead8) >>> 0;
    return ((turned >>> 17) | (turned << 15)) >>> 0;
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(data));
    records.push(data);
    at += length + 16;
  }
  return records;
}

it('RUN-56 an event file is read by the published format, with its checksums', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  const file = writeEventFile(1_700_000_000.5, [
    { step: 1, seconds: 1_700_000_001, values: { 'loss/labeled': 2.25 } },
    { step: 300, seconds: 1_700_000_002, values: { 'loss/labeled': 0.5, 'validation/accuracy': 0.75 } },
  ]);
  const type = root.lookupType('Event');
  const events = readRecords(file).map((data) => type.toObject(type.decode(data), { longs: Number }));
  expect(events).toMatchObject([
    { wallTime: 1_700_000_000.5, fileVersion: 'brain.Event:2' },
    { wallTime: 1_700_000_001, step: 1, summary: { value: [{ tag: 'loss/labeled', simpleValue: 2.25 }] } },
    {
      wallTime: 1_700_000_002,
      step: 300,
      summary: {
        value: [
          { tag: 'loss/labeled', simpleValue: 0.5 },
          { tag: 'validation/accuracy', simpleValue: 0.75 },
        ],
      },
    },
  ]);
});
