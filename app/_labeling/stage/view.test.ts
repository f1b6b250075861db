import { describe, expect, it } from 'vitest';
import { FIT, keepInside, pinch, readSwipe, tapTwice, zoomBy } from './view.ts';

const stage = { width: 400, height: 600 };

describe('how an image is looked at', () => {
  it('TOUCH-1 zooming keeps the place under the finger, and ends as it fits', () => {
    const at = { x: 80, y: -40 };
    const view = zoomBy(FIT, 2, at);
    // The point of the image under the finger: (at - offset) / zoom.
    expect((at.x - view.x) / view.zoom).toBeCloseTo(at.x);
    expect((at.y - view.y) / view.zoom).toBeCloseTo(at.y);
    expect(zoomBy(view, 0.1, at)).toEqual(FIT);
    expect(zoomBy(FIT, 1000).zoom).toBe(16);
    expect(tapTwice(FIT, at).zoom).toBe(2.5);
    expect(tapTwice(view, at)).toEqual(FIT);
  });

  it('TOUCH-1 two fingers carry what lay between them, and zoom as they part', () => {
    const first = [
      { x: -20, y: 0 },
      { x: 20, y: 0 },
    ] as const;
    const now = [
      { x: -30, y: 50 },
      { x: 90, y: 50 },
    ] as const;
    const view = pinch(FIT, first, now);
    expect(view.zoom).toBeCloseTo(3);
    expect({ x: view.x, y: view.y }).toEqual({ x: 30, y: 50 });
    expect(pinch(view, now, [now[0], now[0]])).toEqual(FIT);
  });

  it('TOUCH-1 the image is not dragged off the stage', () => {
    expect(keepInside({ zoom: 2, x: 900, y: -900 }, stage)).toEqual({ zoom: 2, x: 200, y: -300 });
    expect(keepInside({ zoom: 1, x: 9, y: 9 }, stage)).toEqual(FIT);
  });

  it.each([
    ['a tremble', -8, 0, 100, null],
    ['a scroll', -60, 80, 100, null],
    ['half of the way, slowly', -50, 4, 900, { to: 'left', progress: 0.5 }],
    ['all of it, slowly', 100, 10, 2000, { to: 'right', progress: 1 }],
    ['a flick', -60, 5, 80, { to: 'left', progress: 1 }],
    ['fast but too short', 30, 0, 20, { to: 'right', progress: 0.3 }],
  ] as const)('TOUCH-2 %s', (_what, dx, dy, ms, expected) => {
    expect(readSwipe(dx, dy, ms, stage)).toEqual(expected);
  });
});
