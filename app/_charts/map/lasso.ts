/** What a lasso catches, as plain numbers: tested without a browser. */

/** Corners one after the other: x, y, x, y… */
export type Polygon = readonly number[];

/** The rectangle between two corners. */
export const rectangle = (x1: number, y1: number, x2: number, y2: number): Polygon => [x1, y1, x2, y1, x2, y2, x1, y2];

/**
 * Does a point lie inside? By how often a line from it to the right crosses the edge: where a stroke crosses itself,
 * what it goes around twice is outside, as when it is filled by even and odd.
 *
 * @example
 *   isInside(rectangle(0, 0, 2, 2), 1, 1); // true
 */
export function isInside(polygon: Polygon, x: number, y: number): boolean {
  let inside = false;
  const corners = polygon.length >> 1;
  for (let at = 0, before = corners - 1; at < corners; before = at++) {
    const [ax, ay] = [polygon[2 * at] as number, polygon[2 * at + 1] as number];
    const [bx, by] = [polygon[2 * before] as number, polygon[2 * before + 1] as number];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/**
 * Points inside a polygon, of those that are accepted.
 * @param polygon in the unit of the points
 */
export function catchPoints(
  polygon: Polygon,
  { px, py }: { px: ArrayLike<number>; py: ArrayLike<number> },
  accepts: (index: number) => boolean,
): number[] {
  if (polygon.length < 6) return [];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < polygon.length; at += 2) {
    left = Math.min(left, polygon[at] as number);
    right = Math.max(right, polygon[at] as number);
    top = Math.min(top, polygon[at + 1] as number);
    bottom = Math.max(bottom, polygon[at + 1] as number);
  }
  const caught: number[] = [];
  for (let index = 0; index < px.length; index += 1) {
    const [x, y] = [px[index] as number, py[index] as number];
    if (x < left || x > right || y < top || y > bottom) continue;
    if (accepts(index) && isInside(polygon, x, y)) caught.push(index);
  }
  return caught;
}

/** Leaves out corners that lie closer than `apart` to the one before: a slow hand makes thousands. */
export function addCorner(polygon: number[], x: number, y: number, apart = 3): boolean {
  const [lastX, lastY] = polygon.slice(-2);
  if (lastX !== undefined && lastY !== undefined && Math.hypot(x - lastX, y - lastY) < apart) return false;
  polygon.push(x, y);
  return true;
}

/** A map as it is looked at: a point lies at `(p − middle) · zoom + middle + d` of the frame. */
export interface View {
  zoom: number;
  /** Shift in px. */
  dx: number;
  dy: number;
}
export const WHOLE: View = { zoom: 1, dx: 0, dy: 0 };
const ZOOM_MOST = 40;

/** The view with so much more zoom, the place (x, y) of the frame staying where it is. */
export const zoomed = (view: View, factor: number, x: number, y: number, width: number, height: number): View => {
  const zoom = Math.min(ZOOM_MOST, Math.max(1, view.zoom * factor));
  const grown = zoom / view.zoom;
  return zoom === 1
    ? WHOLE
    : {
        zoom,
        dx: (x - width / 2) * (1 - grown) + view.dx * grown,
        dy: (y - height / 2) * (1 - grown) + view.dy * grown,
      };
};

/** The shift by which points are multiplied and moved into the frame. */
export const shiftOf = ({ zoom, dx, dy }: View, width: number, height: number): [x: number, y: number] => [
  width / 2 + dx - (width / 2) * zoom,
  height / 2 + dy - (height / 2) * zoom,
];

/**
 * One point for each cell of the frame that has any, the first of them: where pictures can stand without lying over
 * each other. Tells each with its place in the frame.
 */
export function pickPerCell(
  { px, py }: { px: ArrayLike<number>; py: ArrayLike<number> },
  view: View,
  frame: { width: number; height: number; cell: number },
  accepts: (index: number) => boolean,
): { index: number; x: number; y: number }[] {
  const { width, height, cell } = frame;
  const [shiftX, shiftY] = shiftOf(view, width, height);
  const columns = Math.ceil(width / cell);
  const taken = new Uint8Array(columns * Math.ceil(height / cell));
  const picked = [];
  for (let index = 0; index < px.length; index += 1) {
    const x = (px[index] as number) * view.zoom + shiftX;
    const y = (py[index] as number) * view.zoom + shiftY;
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    const key = Math.floor(y / cell) * columns + Math.floor(x / cell);
    if (taken[key] === 1 || !accepts(index)) continue;
    taken[key] = 1;
    picked.push({ index, x, y });
  }
  return picked;
}
