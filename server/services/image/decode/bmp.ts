import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';

/** Pixels as they lie in memory: red, green, blue, alpha, row after row from the top. */
export interface RawImage {
  width: number;
  height: number;
  data: Uint8Array<ArrayBuffer>;
}

export interface BmpHead {
  width: number;
  height: number;
}

interface Head extends BmpHead {
  isTopDown: boolean;
  bits: number;
  packing: number;
  /** Where pixels begin. */
  start: number;
  /** Red, green, blue, alpha of each colour of the table. */
  palette: Uint8Array;
  /** Of red, green, blue, alpha in a pixel of 16 or 32 bits. */
  masks: readonly [number, number, number, number];
}

const FILE_HEAD = 14;
/** Of OS/2 1, OS/2 2 and Windows: https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types */
const HEADS = new Set([12, 40, 52, 56, 64, 108, 124]);
const [PLAIN, RLE8, RLE4, MASKS, ALPHA_MASKS] = [0, 1, 2, 3, 6];
const MASKS_AT = 54;

export const isBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d;

/**
 * Size of a BMP, of any kind that `decodeBmp` reads.
 * @throws AppError UNREADABLE_IMAGE
 */
export const readBmpHead = (bytes: Uint8Array): BmpHead => {
  const { width, height } = readHead(bytes);
  return { width, height };
};

function readHead(bytes: Uint8Array): Head {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEAD + 12) throw cutOff();
  const size = view.getUint32(FILE_HEAD, true);
  if (!HEADS.has(size)) throw unread(say('file.bmpHeader'));
  if (bytes.length < FILE_HEAD + size) throw cutOff();
  const isOld = size === 12;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const tall = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const packing = isOld ? PLAIN : view.getUint32(30, true);
  if (width < 1 || tall === 0) throw unread(say('file.bmpEmpty'));
  if (packing === 4 || packing === 5) throw unread(say('file.bmpInside'));
  const isPacked = (packing === RLE8 && bits === 8) || (packing === RLE4 && bits === 4);
  const isMasked = (packing === MASKS || packing === ALPHA_MASKS) && (bits === 16 || bits === 32);
  if (![1, 4, 8, 16, 24, 32].includes(bits) || !(packing === PLAIN || isPacked || isMasked))
    throw unread(say('file.bmpBits', { bits: String(bits) }));
  const outside = isMasked && size === 40 ? (packing === ALPHA_MASKS ? 16 : 12) : 0;
  if (bytes.length < FILE_HEAD + size + outside) throw cutOff();
  const hasAlpha = isMasked && (packing === ALPHA_MASKS || size >= 56);
  const mask = (position: number): number => view.getUint32(MASKS_AT + 4 * position, true);
  return {
    width,
    height: Math.abs(tall),
    isTopDown: tall < 0,
    bits,
    packing,
    start: view.getUint32(10, true),
    palette: readPalette(bytes, {
      at: FILE_HEAD + size + outside,
      entry: isOld ? 3 : 4,
      count: bits > 8 ? 0 : Math.min((isOld ? 0 : view.getUint32(46, true)) || 2 ** bits, 2 ** bits),
    }),
    masks: isMasked
      ? [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0]
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f, 0]
        : [0xff0000, 0xff00, 0xff, 0],
  };
}

/** Colours of the table; one that the file does not have is black. */
function readPalette(bytes: Uint8Array, { at, entry, count }: { at: number; entry: number; count: number }) {
  const palette = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const from = at + i * entry;
    const [blue, green, red] = i < count ? [bytes[from], bytes[from + 1], bytes[from + 2]] : [];
    palette.set([red ?? 0, green ?? 0, blue ?? 0, 255], i * 4);
  }
  return palette;
}

/**
 * Decodes a BMP: 1, 4, 8, 16, 24 or 32 bits, run lengths, masks, from the bottom or the top. Linear in the file and the
 * pixels, whatever the bytes say; the caller has looked at the size.
 * @throws AppError UNREADABLE_IMAGE
 */
export function decodeBmp(bytes: Uint8Array): RawImage {
  const head = readHead(bytes);
  const data = new Uint8Array(head.width * head.height * 4);
  if (head.packing === RLE8 || head.packing === RLE4) unpackRuns(bytes, head, data);
  else if (head.bits <= 8) readIndexed(bytes, head, data);
  else readDirect(bytes, head, data);
  return { width: head.width, height: head.height, data };
}

/** Bytes of a row, which ends at a multiple of four. */
const strideOf = ({ width, bits }: Head): number => Math.ceil((width * bits) / 32) * 4;

/** Where a row of the file stands in the picture. */
const rowAt = ({ height, isTopDown }: Head, row: number): number => (isTopDown ? row : height - 1 - row);

function refuseShort(bytes: Uint8Array, head: Head): void {
  // The last row may lack its padding.
  const needed = head.start + strideOf(head) * (head.height - 1) + Math.ceil((head.width * head.bits) / 8);
  if (head.start < FILE_HEAD || bytes.length < needed) throw cutOff();
}

function readIndexed(bytes: Uint8Array, head: Head, data: Uint8Array): void {
  refuseShort(bytes, head);
  const { width, bits, palette } = head;
  const most = 2 ** bits - 1;
  for (let row = 0; row < head.height; row += 1) {
    const from = head.start + row * strideOf(head);
    let to = rowAt(head, row) * width * 4;
    for (let x = 0; x < width; x += 1, to += 4) {
      const bit = x * bits;
      const colour = ((bytes[from + (bit >> 3)] ?? 0) >> (8 - bits - (bit & 7))) & most;
      data.set(palette.subarray(colour * 4, colour * 4 + 4), to);
    }
  }
}

function readDirect(bytes: Uint8Array, head: Head, data: Uint8Array): void {
  refuseShort(bytes, head);
  const { width, bits, masks } = head;
  const bytesEach = bits / 8;
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask >>> shift };
  });
  for (let row = 0; row < head.height; row += 1) {
    let from = head.start + row * strideOf(head);
    let to = rowAt(head, row) * width * 4;
    for (let x = 0; x < width; x += 1, from += bytesEach) {
      let pixel = 0;
      for (let i = bytesEach - 1; i >= 0; i -= 1) pixel = (pixel << 8) | (bytes[from + i] ?? 0);
      for (const { mask, shift, most } of channels) {
        data[to] = mask === 0 ? 255 : Math.round((((pixel & mask) >>> shift) * 255) / most);
        to += 1;
      }
    }
  }
  // Many programs name an alpha channel and leave it empty: nobody stores an image that cannot be seen.
  if (masks[3] === 0) return;
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) return;
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
}

/** Run lengths: each step reads two bytes at least, so it ends with the file. */
function unpackRuns(bytes: Uint8Array, head: Head, data: Uint8Array): void {
  const { width, height, palette, bits } = head;
  // What no run reaches has the first colour.
  for (let to = 0; to < data.length; to += 4) data.set(palette.subarray(0, 4), to);
  let [x, row] = [0, 0];
  const put = (colour: number): void => {
    if (x < width && row < height)
      data.set(palette.subarray(colour * 4, colour * 4 + 4), (rowAt(head, row) * width + x) * 4);
    x += 1;
  };
  const half = (byte: number, i: number): number => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  if (head.start < FILE_HEAD) throw cutOff();
  for (let at = head.start; row < height;) {
    if (at + 1 >= bytes.length) throw cutOff();
    const [count, what] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    at += 2;
    if (count > 0) for (let i = 0; i < count; i += 1) put(half(what, i));
    else if (what === 0) [x, row] = [0, row + 1];
    else if (what === 1) return;
    else if (what === 2) {
      [x, row] = [x + (bytes[at] ?? 0), row + (bytes[at + 1] ?? 0)];
      at += 2;
    } else {
      const each = bits === 8 ? 1 : 2;
      for (let i = 0; i < what; i += 1) put(half(bytes[at + Math.floor(i / each)] ?? 0, i));
      // Padded to two bytes.
      at += Math.ceil(what / each / 2) * 2;
    }
  }
}

const cutOff = (): AppError => new AppError('UNREADABLE_IMAGE', say('refusal.damagedImage'));

const unread = (what: Said): AppError => new AppError('UNREADABLE_IMAGE', say('file.bmp', { what }));
