/** Points painted straight into pixels: 100,000 of them cost a canvas 50 ms in rectangles, and some 5 ms here. */
export interface PointCloud {
  /** Places on the whole map, px. */
  px: Float32Array;
  py: Float32Array;
  /** Points in the order in which they are painted, and where each group ends in it. */
  order: Uint32Array;
  ends: Uint32Array;
}

export interface Picture {
  /** RGBA, opaque. */
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

export type Rgb = readonly [number, number, number];

/**
 * Sorts points by group, so that each group is one colour; the last group, which stands for all others, comes first and
 * lies below. Points that are not shown are left out.
 */
export function orderByGroup(
  groups: ArrayLike<number>,
  count: number,
  groupCount: number,
  shown: (index: number) => boolean = () => true,
): Pick<PointCloud, 'order' | 'ends'> {
  const slotOf = (index: number): number => {
    const group = groups[index] ?? groupCount;
    return group >= 0 && group < groupCount ? group + 1 : 0;
  };
  const ends = new Uint32Array(groupCount + 1);
  for (let index = 0; index < count; index += 1) if (shown(index)) ends[slotOf(index)] = (ends[slotOf(index)] ?? 0) + 1;
  for (let slot = 1; slot < ends.length; slot += 1) ends[slot] = (ends[slot] ?? 0) + (ends[slot - 1] ?? 0);
  const next = Uint32Array.from(ends, (_, slot) => (slot === 0 ? 0 : (ends[slot - 1] ?? 0)));
  const order = new Uint32Array(ends.at(-1) ?? 0);
  for (let index = 0; index < count; index += 1) {
    if (!shown(index)) continue;
    const slot = slotOf(index);
    order[next[slot] ?? 0] = index;
    next[slot] = (next[slot] ?? 0) + 1;
  }
  return { order, ends };
}

/**
 * Paints the cloud over `background` as squares of `side` pixels.
 * @param at a point of the map lies at `p · zoom + shift` of the picture, in its pixels
 * @param colours of the others, then of each group
 * @param opacity 0..1
 */
export function paintPoints(
  picture: Picture,
  { px, py, order, ends }: PointCloud,
  at: { zoom: number; shiftX: number; shiftY: number },
  look: { background: Rgb; colours: readonly Rgb[]; side: number; opacity: number },
): void {
  const { data, width, height } = picture;
  const words = new Uint32Array(data.buffer, data.byteOffset, width * height);
  words.fill(wordOf(look.background));
  const { side } = look;
  const { zoom } = at;
  const shiftX = at.shiftX - side / 2;
  const shiftY = at.shiftY - side / 2;
  // In 256ths: whole numbers blend several times as fast.
  const keep = 256 - Math.round(look.opacity * 256);
  let from = 0;
  for (let slot = 0; slot < ends.length; slot += 1) {
    const [r, g, b] = look.colours[slot] ?? [0, 0, 0];
    const [addR, addG, addB] = [r * (256 - keep), g * (256 - keep), b * (256 - keep)];
    const end = ends[slot] as number;
    for (let place = from; place < end; place += 1) {
      const index = order[place] as number;
      const left = Math.round((px[index] as number) * zoom + shiftX);
      const top = Math.round((py[index] as number) * zoom + shiftY);
      if (left < -side || top < -side || left >= width || top >= height) continue;
      const right = Math.min(width, left + side);
      const bottom = Math.min(height, top + side);
      for (let y = Math.max(0, top); y < bottom; y += 1) {
        for (let x = Math.max(0, left), word = y * width + x; x < right; x += 1, word += 1) {
          const old = words[word] as number;
          words[word] =
            (0xff000000 |
              (((((old >> 16) & 255) * keep + addB) >> 8) << 16) |
              (((((old >> 8) & 255) * keep + addG) >> 8) << 8) |
              (((old & 255) * keep + addR) >> 8)) >>>
            0;
        }
      }
    }
    from = end;
  }
}

/** A pixel as the machine's 32-bit word; every machine that browsers run on is little-endian. */
const wordOf = ([r, g, b]: Rgb): number => (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
