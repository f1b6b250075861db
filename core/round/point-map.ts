import { SPLITS } from '../project/project.ts';

/**
 * A map of images as one compact block, so that 100,000 points travel as 800 kB, 2.9 MB with their images' names, and
 * not as 15 MB of JSON.
 */

/** Of a point of which no class is known, or may be told. */
export const NO_CLASS = 255;
/** Of a point without any of the tags that a map tells of. */
export const NO_TAG = 255;
/** Tags that a map tells of, those on most images. */
export const MAP_TAGS = 12;

/** What a map tells of a point that can be another one while its place stays. */
export interface PointFacts {
  classIndex: number;
  /** 0..1 */
  confidence: number;
  labeled: boolean;
  suspect: boolean;
  /** Index into the map's tags, NO_TAG without one. */
  tag: number;
}

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
  /** Does a model doubt the label that people gave? */
  suspect: Uint8Array;
  /** Index into SPLITS. */
  split: Uint8Array;
  /** Index into the map's tags. */
  tag: Uint8Array;
  /** 16 bytes of each point that opens, in their order. */
  imageIds: Uint8Array;
}

export interface PackedMap {
  count: number;
  /** Left, top, right, bottom of all points, in the map's own units. */
  bounds: [number, number, number, number];
  /** Base64 of `count` records of 8 bytes: x u16, y u16 (within the bounds), then class, confidence, flags, tag, u8. */
  data: string;
  /** Base64 of 16 bytes for each point that opens. */
  imageIds: string;
}

export interface UnpackedMap extends Omit<MapColumns, 'classIndex' | 'imageIds'> {
  count: number;
  bounds: PackedMap['bounds'];
  classIndex: Uint8Array;
  /** The image of a point that opens; null of any other. */
  imageIdOf: (point: number) => string | null;
  /** The point of an image; −1 where it has none, or none that opens. */
  pointOf: (imageId: string) => number;
}

const RECORD = 8;
const ID_BYTES = 16;
const TOP = 65_535;

export function packMap(columns: MapColumns): PackedMap {
  const { x, y, classIndex, confidence, flipped, labeled, opens, suspect, split, tag } = columns;
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
    bytes[at + 6] =
      (flipped[i] ?? 0) |
      ((labeled[i] ?? 0) << 1) |
      ((opens[i] ?? 0) << 2) |
      ((suspect[i] ?? 0) << 3) |
      ((split[i] ?? 0) << 4);
    bytes[at + 7] = tag[i] ?? NO_TAG;
  }
  return {
    count,
    bounds: count === 0 ? [0, 0, 1, 1] : bounds,
    data: toBase64(bytes),
    imageIds: toBase64(columns.imageIds),
  };
}

export function unpackMap({ count, bounds, data, imageIds }: PackedMap): UnpackedMap {
  const bytes = fromBase64(data);
  const view = new DataView(bytes.buffer);
  const column = () => new Uint8Array(count);
  const [classIndex, flipped, labeled, opens] = [column(), column(), column(), column()];
  const [suspect, split, tag] = [column(), column(), column()];
  const [x, y, confidence] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i += 1) {
    const at = i * RECORD;
    x[i] = bounds[0] + (view.getUint16(at) / TOP) * (bounds[2] - bounds[0]);
    y[i] = bounds[1] + (view.getUint16(at + 2) / TOP) * (bounds[3] - bounds[1]);
    classIndex[i] = view.getUint8(at + 4);
    confidence[i] = view.getUint8(at + 5) / 255;
    const flags = view.getUint8(at + 6);
    flipped[i] = flags & 1;
    labeled[i] = (flags >> 1) & 1;
    opens[i] = (flags >> 2) & 1;
    suspect[i] = (flags >> 3) & 1;
    split[i] = Math.min(SPLITS.length - 1, (flags >> 4) & 3);
    tag[i] = view.getUint8(at + 7);
  }
  const columns = { x, y, classIndex, confidence, flipped, labeled, opens, suspect, split, tag };
  return { count, bounds, ...columns, ...findIds(fromBase64(imageIds), opens) };
}

/** Names of the points that open; looked up by a table that is made when it is first asked. */
function findIds(bytes: Uint8Array, opens: Uint8Array): Pick<UnpackedMap, 'imageIdOf' | 'pointOf'> {
  const slots = new Int32Array(opens.length);
  let next = 0;
  opens.forEach((open, point) => (slots[point] = open === 1 ? next++ : -1));
  const idAt = (slot: number): string => {
    const own = bytes.subarray(slot * ID_BYTES, (slot + 1) * ID_BYTES);
    const hex = Array.from(own, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  const imageIdOf = (point: number): string | null => {
    const slot = slots[point] ?? -1;
    return slot < 0 || (slot + 1) * ID_BYTES > bytes.length ? null : idAt(slot);
  };
  let points: Map<string, number> | null = null;
  const pointOf = (imageId: string): number => {
    points ??= new Map(
      Array.from(slots, (_, point) => [imageIdOf(point), point] as const).flatMap(([id, point]) =>
        id === null ? [] : [[id, point]],
      ),
    );
    return points.get(imageId) ?? -1;
  };
  return { imageIdOf, pointOf };
}

/**
 * The map with what is told of some points by now; places and names stay the same arrays. Points that it does not have
 * are passed over.
 */
export function patchMap(map: UnpackedMap, points: readonly (PointFacts & { imageId: string })[]): UnpackedMap {
  const next = {
    ...map,
    classIndex: map.classIndex.slice(),
    confidence: map.confidence.slice(),
    labeled: map.labeled.slice(),
    suspect: map.suspect.slice(),
    tag: map.tag.slice(),
  };
  for (const { imageId, classIndex, confidence, labeled, suspect, tag } of points) {
    const point = map.pointOf(imageId);
    if (point < 0) continue;
    next.classIndex[point] = classIndex;
    next.confidence[point] = confidence;
    next.labeled[point] = Number(labeled);
    next.suspect[point] = Number(suspect);
    next.tag[point] = tag;
  }
  return next;
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
