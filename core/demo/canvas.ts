/** A very small painter: filled polygons on an RGB raster, drawn large and averaged down for smooth edges. */

export type Point = readonly [x: number, y: number];
export type Colour = readonly [r: number, g: number, b: number];

export interface Canvas {
  /** Fills a closed polygon in unit coordinates (0..1, y down), even-odd. `opacity` 0..1. */
  fill(points: readonly Point[], colour: Colour, opacity?: number): void;
  /** Sets every pixel: `paint(x, y)` in unit coordinates. */
  paint(paint: (x: number, y: number) => Colour): void;
  /** Averages down to `side`×`side`×3 bytes. */
  toPixels(side: number): Uint8Array;
}

export function createCanvas(size: number): Canvas {
  const raster = new Float32Array(size * size * 3);
  const blend = (offset: number, colour: Colour, opacity: number): void => {
    for (let c = 0; c < 3; c += 1)
      raster[offset + c] = (raster[offset + c] ?? 0) * (1 - opacity) + (colour[c] ?? 0) * opacity;
  };
  return {
    fill(points, colour, opacity = 1) {
      for (let row = 0; row < size; row += 1) {
        const crossings = crossingsAt(points, (row + 0.5) / size);
        for (let i = 0; i + 1 < crossings.length; i += 2) {
          const from = Math.max(0, Math.ceil((crossings[i] ?? 0) * size - 0.5));
          const to = Math.min(size - 1, Math.floor((crossings[i + 1] ?? 0) * size - 0.5));
          for (let column = from; column <= to; column += 1) blend((row * size + column) * 3, colour, opacity);
        }
      }
    },
    paint(paint) {
      for (let row = 0; row < size; row += 1) {
        for (let column = 0; column < size; column += 1)
          raster.set(paint((column + 0.5) / size, (row + 0.5) / size), (row * size + column) * 3);
      }
    },
    toPixels(side) {
      const step = size / side;
      const pixels = new Uint8Array(side * side * 3);
      for (let i = 0; i < pixels.length; i += 1) {
        const c = i % 3;
        const x = Math.floor(i / 3) % side;
        const y = Math.floor(i / 3 / side);
        let sum = 0;
        for (let v = 0; v < step; v += 1)
          for (let u = 0; u < step; u += 1) sum += raster[((y * step + v) * size + x * step + u) * 3 + c] ?? 0;
        pixels[i] = Math.max(0, Math.min(255, Math.round(sum / (step * step))));
      }
      return pixels;
    },
  };
}

/** Where a horizontal line meets the polygon's edges, left to right. */
function crossingsAt(points: readonly Point[], y: number): number[] {
  const found: number[] = [];
  let [x0, y0] = points[points.length - 1] ?? [0, 0];
  for (const [x1, y1] of points) {
    if (y0 > y !== y1 > y) found.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
    [x0, y0] = [x1, y1];
  }
  return found.sort((a, b) => a - b);
}

/** An ellipse as a polygon. */
export const ellipse = (cx: number, cy: number, rx: number, ry: number, from = 0, to = Math.PI * 2): Point[] =>
  Array.from({ length: 33 }, (_, i) => {
    const angle = from + ((to - from) * i) / 32;
    return [cx + Math.cos(angle) * rx, cy + Math.sin(angle) * ry] as const;
  });

export const rectangle = (x: number, y: number, width: number, height: number): Point[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

/** Hue 0..1, saturation and lightness 0..1, to bytes. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const channel = (n: number): number => {
    const k = (n + hue * 12) % 12;
    return (
      255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return [channel(0), channel(8), channel(4)];
}
