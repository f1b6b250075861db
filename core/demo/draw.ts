import { must } from '../must.ts';
import { createRandom } from '../math/random.ts';
import type { Random } from '../math/random.ts';
import { createCanvas, ellipse, hsl, rectangle } from './canvas.ts';
import type { Canvas, Colour, Point } from './canvas.ts';
import { SHAPES } from './shapes.ts';

/**
 * The data set that the project draws itself: things in any hue, pose and light, before busy backgrounds, partly hidden
 * and grainy. Colour says nothing about the class, so a handful of labels does not solve it.
 */
export const DEMO_CLASSES = Object.keys(SHAPES);
export const DEMO_COUNT = 1200;
/** Side of a drawing, px. */
export const DEMO_SIDE = 64;

const OVERSAMPLING = 2;

/** Draws one image; the same index and seed give the same pixels everywhere. `pixels` is [64, 64, 3]. */
export function drawDemoImage(index: number, seed: number): { pixels: Uint8Array; classIndex: number } {
  const random = createRandom(`demo:${seed}:${index}`);
  const classIndex = random.below(DEMO_CLASSES.length);
  const canvas = createCanvas(DEMO_SIDE * OVERSAMPLING);
  const hue = random.next();
  drawBackground(canvas, random);
  if (random.next() < 0.7) drawClutter(canvas, random);
  drawThing(canvas, random, must(DEMO_CLASSES, classIndex, 'demo class'), hue);
  if (random.next() < 0.45) drawOccluder(canvas, random);
  const pixels = canvas.toPixels(DEMO_SIDE);
  addLightAndGrain(pixels, random);
  return { pixels, classIndex };
}

function drawBackground(canvas: Canvas, random: Random): void {
  const [from, to] = [softColour(random), softColour(random)];
  const angle = random.next() * Math.PI * 2;
  const stripes = random.next() < 0.4 ? 6 + random.below(14) : 0;
  const strength = 0.04 + random.next() * 0.1;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  canvas.paint((x, y) => {
    const along = (x - 0.5) * dx + (y - 0.5) * dy;
    const wave = stripes > 0 ? 1 + strength * Math.sign(Math.sin((x * dy - y * dx) * stripes * Math.PI)) : 1;
    const t = Math.min(1, Math.max(0, along + 0.5));
    const blend = (c: 0 | 1 | 2): number => (from[c] * (1 - t) + to[c] * t) * wave;
    return [blend(0), blend(1), blend(2)];
  });
}

/** Blobs, bars and triangles behind the thing, in colours as strong as its own. */
function drawClutter(canvas: Canvas, random: Random): void {
  for (let i = 0; i < 2 + random.below(5); i += 1) {
    const [x, y, r] = [random.next(), random.next(), 0.04 + random.next() * 0.13];
    const kinds: Point[][] = [
      ellipse(x, y, r, r * (0.5 + random.next())),
      rectangle(x - r, y - r / 3, r * 2, r * 0.6),
      [
        [x, y - r],
        [x + r, y + r],
        [x - r, y + r * 0.6],
      ],
    ];
    canvas.fill(
      kinds[random.below(kinds.length)] ?? [],
      hsl(random.next(), 0.3 + random.next() * 0.5, 0.25 + random.next() * 0.5),
      0.75,
    );
  }
}

function drawThing(canvas: Canvas, random: Random, name: string, hue: number): void {
  const parts = SHAPES[name]?.((amount) => (random.next() * 2 - 1) * amount) ?? [];
  const scale = 0.58 + random.next() * 0.42;
  const turn = (random.next() * 2 - 1) * 0.7;
  const mirror = random.next() < 0.5 ? -1 : 1;
  const squeeze = 0.8 + random.next() * 0.4;
  const [cx, cy] = [0.5 + (random.next() - 0.5) * 0.24, 0.5 + (random.next() - 0.5) * 0.24];
  const place = ([x, y]: Point): Point => {
    const [u, v] = [(x - 0.5) * scale * mirror * squeeze, (y - 0.5) * scale];
    return [cx + u * Math.cos(turn) - v * Math.sin(turn), cy + u * Math.sin(turn) + v * Math.cos(turn)];
  };
  const saturation = 0.35 + random.next() * 0.5;
  const lightness = 0.3 + random.next() * 0.36;
  const colour = (shade: number, turned: number): Colour =>
    hsl((hue + turned) % 1, saturation, Math.min(0.97, Math.max(0.04, lightness + shade)));
  for (const { points } of parts)
    canvas.fill(
      points.map(place).map(([x, y]) => [x + 0.015, y + 0.02] as const),
      [10, 12, 20],
      0.22,
    );
  for (const { points, shade, hue: turned = 0 } of parts) canvas.fill(points.map(place), colour(shade, turned));
}

function drawOccluder(canvas: Canvas, random: Random): void {
  const wide = 0.06 + random.next() * 0.12;
  const at = 0.15 + random.next() * 0.7;
  const lean = (random.next() - 0.5) * 0.5;
  const bar: Point[] =
    random.next() < 0.5
      ? [
          [at, -0.1],
          [at + wide, -0.1],
          [at + wide + lean, 1.1],
          [at + lean, 1.1],
        ]
      : [
          [-0.1, at],
          [-0.1, at + wide],
          [1.1, at + wide + lean],
          [1.1, at + lean],
        ];
  canvas.fill(bar, softColour(random), 0.95);
}

const softColour = (random: Random): Colour =>
  hsl(random.next(), 0.15 + random.next() * 0.4, 0.3 + random.next() * 0.5);

function addLightAndGrain(pixels: Uint8Array, random: Random): void {
  const contrast = 0.7 + random.next() * 0.5;
  const light = (random.next() - 0.5) * 50;
  const grain = 4 + random.next() * 16;
  for (let i = 0; i < pixels.length; i += 1) {
    const noise = (random.next() + random.next() + random.next() - 1.5) * grain;
    pixels[i] = Math.max(0, Math.min(255, Math.round(((pixels[i] ?? 0) - 128) * contrast + 128 + light + noise)));
  }
}
