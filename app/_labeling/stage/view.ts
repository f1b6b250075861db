/**
 * How an image is looked at: how much larger than it fits, and how far its middle is off the middle of the stage, px.
 */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

/** A place on the stage, px from its middle. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const FIT: View = { zoom: 1, x: 0, y: 0 };
const ZOOM_MAX = 16;
/** What a double tap goes to. */
const ZOOM_TAP = 2.5;

/** The image covers the stage as far as it is zoomed: no side of it is dragged inside. */
export function keepInside(view: View, stage: Size): View {
  const limit = (value: number, side: number): number => {
    const most = ((view.zoom - 1) * side) / 2;
    return Math.min(most, Math.max(-most, value));
  };
  return { zoom: view.zoom, x: limit(view.x, stage.width), y: limit(view.y, stage.height) };
}

/** Zooms so that what lies at the place stays there; the middle of the stage where none is given. */
export function zoomBy(view: View, factor: number, at: Place = { x: 0, y: 0 }): View {
  const zoom = Math.min(ZOOM_MAX, Math.max(1, view.zoom * factor));
  if (zoom === 1) return FIT;
  const by = zoom / view.zoom;
  return { zoom, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

/** Two taps show the place enlarged, or the whole image again. */
export const tapTwice = (view: View, at: Place): View => (view.zoom > 1 ? FIT : zoomBy(view, ZOOM_TAP, at));

const middle = ([a, b]: readonly [Place, Place]): Place => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const apart = ([a, b]: readonly [Place, Place]): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Two fingers: what lay between them at first lies between them still, and grows as they part. */
export function pinch(from: View, first: readonly [Place, Place], now: readonly [Place, Place]): View {
  const start = middle(first);
  const end = middle(now);
  const zoomed = zoomBy(from, apart(now) / Math.max(1, apart(first)), start);
  return zoomed.zoom === 1 ? FIT : { ...zoomed, x: zoomed.x + end.x - start.x, y: zoomed.y + end.y - start.y };
}

export interface Swipe {
  readonly to: 'left' | 'right';
  /** How much of the way it has gone; from 1 on it counts when the finger lifts. */
  readonly progress: number;
}

/** A finger means to swipe once it has gone this far, and further sideways than up or down. */
const SWIPE_FROM = 12;
/** Enough: this share of the stage, or a flick as fast as this, px/ms, over a shorter way. */
const SWIPE_SHARE = 0.25;
const SWIPE_MOST = 140;
const FLICK_SPEED = 0.6;
const FLICK_LEAST = 48;

/** What a finger that moved so far in so much time means; null while it means nothing sideways. */
export function readSwipe(dx: number, dy: number, ms: number, stage: Size): Swipe | null {
  const way = Math.abs(dx);
  if (way < SWIPE_FROM || way < 1.5 * Math.abs(dy)) return null;
  const enough = way >= FLICK_LEAST && way / Math.max(1, ms) >= FLICK_SPEED;
  const progress = enough ? 1 : Math.min(1, way / Math.min(SWIPE_MOST, SWIPE_SHARE * stage.width));
  return { to: dx < 0 ? 'left' : 'right', progress };
}
