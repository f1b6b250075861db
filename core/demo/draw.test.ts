import { describe, expect, it } from 'vitest';
import { createCanvas, hsl, rectangle } from './canvas.ts';
import { DEMO_CLASSES, DEMO_COUNT, DEMO_SIDE, drawDemoImage } from './draw.ts';

describe('drawDemoImage', () => {
  it('draws the same image for the same index and seed, and another for others', () => {
    expect(drawDemoImage(3, 1)).toEqual(drawDemoImage(3, 1));
    expect(drawDemoImage(3, 1).pixels).not.toEqual(drawDemoImage(4, 1).pixels);
    expect(drawDemoImage(3, 1).pixels).not.toEqual(drawDemoImage(3, 2).pixels);
    expect(drawDemoImage(3, 1).pixels).toHaveLength(DEMO_SIDE * DEMO_SIDE * 3);
  });

  it('draws six classes about evenly, and never the same picture twice', () => {
    const counts = DEMO_CLASSES.map(() => 0);
    const seen = new Set<string>();
    for (let index = 0; index < DEMO_COUNT / 4; index += 1) {
      const { pixels, classIndex } = drawDemoImage(index, 1);
      counts[classIndex] = (counts[classIndex] ?? 0) + 1;
      seen.add(pixels.subarray(0, 600).join());
    }
    expect(DEMO_CLASSES).toEqual(['leaf', 'fish', 'house', 'star', 'mug', 'boat']);
    expect(seen.size).toBe(DEMO_COUNT / 4);
    expect(Math.min(...counts)).toBeGreaterThan(DEMO_COUNT / 4 / 6 / 2);
  });

  it('gives colour away in no class: mean hue tells the classes no better than chance allows', () => {
    const means = DEMO_CLASSES.map(() => [0, 0, 0, 0]);
    for (let index = 0; index < 300; index += 1) {
      const { pixels, classIndex } = drawDemoImage(index, 2);
      const mean = means[classIndex] ?? [];
      mean[3] = (mean[3] ?? 0) + 1;
      for (let i = 0; i < pixels.length; i += 1)
        mean[i % 3] = (mean[i % 3] ?? 0) + (pixels[i] ?? 0) / (DEMO_SIDE * DEMO_SIDE);
    }
    for (let c = 0; c < 3; c += 1) {
      const values = means.map((mean) => (mean[c] ?? 0) / (mean[3] ?? 1));
      expect(Math.max(...values) - Math.min(...values)).toBeLessThan(30);
    }
  });
});

describe('canvas', () => {
  it('fills exactly the pixels that a shape covers, and averages its edge', () => {
    const canvas = createCanvas(8);
    canvas.fill(rectangle(0, 0, 0.5, 1), [255, 0, 0]);
    expect([...canvas.toPixels(2)]).toEqual([255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0]);
    canvas.fill(rectangle(0.5, 0, 0.25, 1), [0, 0, 200]);
    expect(Array.from(canvas.toPixels(2).slice(3, 6))).toEqual([0, 0, 100]);
    canvas.fill(rectangle(0, 0, 1, 1), [0, 255, 0], 0.5);
    expect(Array.from(canvas.toPixels(2).slice(0, 3))).toEqual([128, 128, 0]);
  });

  it('turns hue into bytes', () => {
    expect(hsl(0, 1, 0.5)).toEqual([255, 0, 0]);
    expect(hsl(1 / 3, 1, 0.5).map(Math.round)).toEqual([0, 255, 0]);
    expect(hsl(0.7, 0, 1)).toEqual([255, 255, 255]);
  });
});
