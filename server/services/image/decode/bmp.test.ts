import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { decodeBmp } from './bmp.ts';

interface Plan {
  width: number;
  height: number;
  bits: number;
  head?: number;
  packing?: number;
  isTopDown?: boolean;
  masks?: number[];
  /** Blue, green, red, and a fourth byte but in heads of 12 bytes. */
  palette?: number[][];
  body: number[] | Buffer;
}

function write({
  width,
  height,
  bits,
  head = 40,
  packing = 0,
  isTopDown = false,
  masks = [],
  palette = [],
  body,
}: Plan) {
  const header = Buffer.alloc(14 + head);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(head, 14);
  if (head === 12) {
    header.writeUInt16LE(width, 18);
    header.writeUInt16LE(height, 20);
    header.writeUInt16LE(bits, 24);
  } else {
    header.writeInt32LE(width, 18);
    header.writeInt32LE(isTopDown ? -height : height, 22);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(packing, 30);
    header.writeUInt32LE(palette.length, 46);
  }
  const masksInside = head >= 52;
  for (const [i, mask] of masksInside ? masks.entries() : []) header.writeUInt32LE(mask >>> 0, 54 + 4 * i);
  const outside = Buffer.alloc(masksInside ? 0 : masks.length * 4);
  if (!masksInside) for (const [i, mask] of masks.entries()) outside.writeUInt32LE(mask >>> 0, 4 * i);
  const table = Buffer.from(palette.flat());
  header.writeUInt32LE(header.length + outside.length + table.length, 10);
  return Buffer.concat([header, outside, table, Buffer.from(body)]);
}

/** Rows of pixels, from the top. */
const rowsOf = (bytes: Buffer): number[][][] => {
  const { width, height, data } = decodeBmp(bytes);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]),
  );
};
const RED = [255, 0, 0, 255];
const GREEN = [0, 255, 0, 255];
const BLUE = [0, 0, 255, 255];
const BLACK = [0, 0, 0, 255];
const TABLE = [
  [0, 0, 255, 0],
  [0, 255, 0, 0],
  [255, 0, 0, 0],
];

describe('BMP', () => {
  it('IMAGE-18 24 bits, from the bottom and from the top, behind every header', () => {
    // Three pixels a row, padded to twelve bytes.
    const body = [[0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0], Array.from({ length: 12 }, () => 0)].flat();
    const up = [
      [BLACK, BLACK, BLACK],
      [RED, GREEN, BLUE],
    ];
    for (const head of [12, 40, 52, 56, 64, 108, 124])
      expect(rowsOf(write({ width: 3, height: 2, bits: 24, head, body }))).toEqual(up);
    expect(rowsOf(write({ width: 3, height: 2, bits: 24, isTopDown: true, body }))).toEqual(up.toReversed());
  });

  it('IMAGE-18 1, 4 and 8 bits with a table of colours, at widths that fill no byte', () => {
    const palette = TABLE;
    expect(
      rowsOf(write({ width: 3, height: 1, bits: 1, palette: palette.slice(0, 2), body: [0b01000000, 0, 0, 0] })),
    ).toEqual([[RED, GREEN, RED]]);
    expect(rowsOf(write({ width: 3, height: 1, bits: 4, palette, body: [0x01, 0x20, 0, 0] }))).toEqual([
      [RED, GREEN, BLUE],
    ]);
    expect(rowsOf(write({ width: 3, height: 1, bits: 8, palette, body: [0, 1, 2, 0] }))).toEqual([[RED, GREEN, BLUE]]);
    // A colour that the table lacks.
    expect(rowsOf(write({ width: 1, height: 1, bits: 8, palette, body: [9, 0, 0, 0] }))).toEqual([[BLACK]]);
  });

  it('IMAGE-18 16 and 32 bits, plain, by masks outside and inside the header, with and without alpha', () => {
    const word = (...values: number[]): number[] => values.flatMap((value) => [value & 255, value >> 8]);
    expect(rowsOf(write({ width: 2, height: 1, bits: 16, body: word(0x7c00, 0x001f) }))).toEqual([[RED, BLUE]]);
    const masks = [0xf800, 0x7e0, 0x1f];
    expect(rowsOf(write({ width: 2, height: 1, bits: 16, packing: 3, masks, body: word(0xf800, 0x7e0) }))).toEqual([
      [RED, GREEN],
    ]);
    // The fourth byte is no alpha where nothing says so.
    expect(rowsOf(write({ width: 1, height: 1, bits: 32, body: [0, 0, 255, 0] }))).toEqual([[RED]]);
    const four = [0xff, 0xff00, 0xff0000, 0xff000000];
    expect(
      rowsOf(write({ width: 1, height: 1, bits: 32, head: 108, packing: 3, masks: four, body: [255, 0, 0, 128] })),
    ).toEqual([[[255, 0, 0, 128]]]);
  });

  it('IMAGE-18 run lengths of 8 and 4 bits: runs, single ones, jumps, the end of a row and of the image', () => {
    const palette = TABLE;
    const eight = [2, 1, 0, 0, 0, 3, 2, 1, 0, 0, 0, 1];
    expect(rowsOf(write({ width: 3, height: 2, bits: 8, packing: 1, palette, body: eight }))).toEqual([
      [BLUE, GREEN, RED],
      [GREEN, GREEN, RED],
    ]);
    const four = [3, 0x12, 0, 0, 0, 2, 2, 0, 1, 0x10, 0, 1];
    expect(rowsOf(write({ width: 3, height: 2, bits: 4, packing: 2, palette, body: four }))).toEqual([
      [RED, RED, GREEN],
      [GREEN, BLUE, GREEN],
    ]);
  });

  it('IMAGE-2 what is cut off, empty or packed in another way is refused with its reason', () => {
    const whole = write({ width: 3, height: 2, bits: 24, body: Buffer.alloc(24) });
    expect(() => decodeBmp(whole.subarray(0, 60))).toThrow('cut off');
    expect(() => decodeBmp(whole.subarray(0, 10))).toThrow('cut off');
    expect(() => decodeBmp(write({ width: 0, height: 2, bits: 24, body: [] }))).toThrow('no pixels');
    expect(() => decodeBmp(write({ width: 1, height: 1, bits: 24, packing: 5, body: [] }))).toThrow('PNG inside');
    expect(() => decodeBmp(write({ width: 1, height: 1, bits: 7, body: [] }))).toThrow('7 bits');
  });

  it('IMAGE-31 bytes that somebody changed anywhere are read or refused, in memory that the size tells', () => {
    const files = [
      write({ width: 5, height: 3, bits: 24, body: Buffer.alloc(48, 7) }),
      write({ width: 3, height: 2, bits: 8, packing: 1, palette: TABLE, body: [2, 1, 0, 0, 0, 3, 2, 1, 0, 0, 0, 1] }),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat({ max: 110 }), fc.nat({ max: 255 })), { maxLength: 6 }),
        (file, changes) => {
          const bytes = Buffer.from(file);
          // The size stays: whoever calls has looked at it.
          for (const [at, value] of changes) if (at < bytes.length && !(at >= 18 && at < 26)) bytes[at] = value;
          try {
            const { width, height, data } = decodeBmp(bytes);
            expect(data.length).toBe(width * height * 4);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
