/** The pool's map as one compact block, so that 100,000 points travel as 700 kB and not as 10 MB of JSON. */

/** Of a point of which no class is known, or may be told. */
export const NO_CLASS = 255;

/** The points by column, as many in each. */
export interface MapColumns {
  x: Float32Array;
  y: Float32Array;
  classIndex: ArrayLike<number>;
  /** 0..1, kept to 1/255. */
  confidence: Float32Array;
  /** 0 or 1. */
  flipped: Uint8Array;
  labeled: Uint8Array;
  /** May the one who looks see which image a point is? */
  opens: Uint8Array;
}

export interface PackedMap {
  count: number;
  /** Left, top, right, bottom of all points, in the map's own units. */
  bounds: [number, number, number, number];
  /** Base64 of `count` records of 7 bytes: x u16, y u16 (within the bounds), class u8, confidence u8, flags u8. */
  data: string;
}

export interface UnpackedMap {
  count: number;
  bounds: PackedMap['bounds'];
  x: Float32Array;
  y: Float32Array;
  classIndex: Uint8Array;
  confidence: Float32Array;
  flipped: Uint8Array;
  labeled: Uint8Array;
  opens: Uint8Array;
}

const RECORD = 7;
const TOP = 65_535;

export function packMap({ x, y, classIndex, confidence, flipped, labeled, opens }: MapColumns): PackedMap {
  const count = x.length;
  const bounds: PackedMap['bounds'] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    bounds[0] = Math.min(bounds[0], x[i] ?? 0);
    bounds[1] = Math.min(bounds[1], y[i] ?? 0);
    bounds[2] = Math.max(bounds[2], x[i] ?? 0);
    bounds[3] = Math.max(bounds[3], y[i] ?? 0);
  }
  const bytes = new Uint8Array(count * RECORD);
  const view = new DataView(bytes.buffer);
  const place = (value: number, low: number, high: number): number =>
    high > low ? Math.round(((value - low) / (high - low)) * TOP) : 0;
  for (let i = 0; i < count; i += 1) {
    const at = i * RECORD;
    view.setUint16(at, place(x[i] ?? 0, bounds[0], bounds[2]));
    view.setUint16(at + 2, place(y[i] ?? 0, bounds[1], bounds[3]));
    bytes[at + 4] = Math.min(NO_CLASS, classIndex[i] ?? 0);
    bytes[at + 5] = Math.round(Math.min(1, Math.max(0, confidence[i] ?? 0)) * 255);
    bytes[at + 6] = (flipped[i] ?? 0) | ((labeled[i] ?? 0) << 1) | ((opens[i] ?? 0) << 2);
  }
  return { count, bounds: count === 0 ? [0, 0, 1, 1] : bounds, data: toBase64(bytes) };
}

export function unpackMap({ count, bounds, data }: PackedMap): UnpackedMap {
  const bytes = fromBase64(data);
  const view = new DataView(bytes.buffer);
  const map: UnpackedMap = {
    count,
    bounds,
    x: new Float32Array(count),
    y: new Float32Array(count),
    classIndex: new Uint8Array(count),
    confidence: new Float32Array(count),
    flipped: new Uint8Array(count),
    labeled: new Uint8Array(count),
    opens: new Uint8Array(count),
  };
  for (let i = 0; i < count; i += 1) {
    const at = i * RECORD;
    map.x[i] = bounds[0] + (view.getUint16(at) / TOP) * (bounds[2] - bounds[0]);
    map.y[i] = bounds[1] + (view.getUint16(at + 2) / TOP) * (bounds[3] - bounds[1]);
    map.classIndex[i] = view.getUint8(at + 4);
    map.confidence[i] = view.getUint8(at + 5) / 255;
    const flags = view.getUint8(at + 6);
    map.flipped[i] = flags & 1;
    map.labeled[i] = (flags >> 1) & 1;
    map.opens[i] = (flags >> 2) & 1;
  }
  return map;
}

/** In pieces: a spread over a whole map would overflow the stack. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 32_768)
    text += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  return btoa(text);
}

function fromBase64(data: string): Uint8Array<ArrayBuffer> {
  const text = atob(data);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
