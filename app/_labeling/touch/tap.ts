/** Where a finger is, CSS px, and when, ms. */
export interface Touch {
  x: number;
  y: number;
  at: number;
}

/** A finger that stays longer asks for something else, one that moved further has left: as browsers have it. */
const LONG_MS = 500;
const SLOP_PX = 10;

/** Whether a finger that came down and was lifted tapped what lay beneath it. */
export const isTap = (down: Touch, up: Touch): boolean =>
  up.at - down.at < LONG_MS && Math.hypot(up.x - down.x, up.y - down.y) <= SLOP_PX;
