'use client';
import { useEffect, useRef, useState } from 'react';
import type { PointerEvent, RefObject } from 'react';
import { addCorner, rectangle, shiftOf, WHOLE, zoomed } from './lasso.ts';
import type { Polygon, View } from './lasso.ts';

/** A pointer that moved less than this has clicked, px. */
const CLICK_PX = 4;

export interface MapGestures {
  width: number;
  height: number;
  /** A drag draws a lasso; otherwise it moves the map. With Shift it draws a rectangle in either case. */
  isLasso: boolean;
  /** May anything be drawn? */
  catches: boolean;
  onPoint: (view: View, x: number, y: number) => void;
  onAway: () => void;
  onClick: (view: View, x: number, y: number) => void;
  /** What was drawn, in the unit of the points on the whole map. */
  onDrawn: (polygon: Polygon, adds: boolean) => void;
}

interface Drawing {
  corners: number[];
  /** Where a rectangle began; null of a freehand one. */
  from: [number, number] | null;
  adds: boolean;
}

/** Zoom and pan by wheel, drag and two fingers, lasso and rectangle: what pointers do to a map. */
export function useMapGestures(canvas: RefObject<HTMLCanvasElement | null>, gestures: MapGestures) {
  const { width, height } = gestures;
  const [view, setView] = useState(WHOLE);
  /** What is being drawn, in px of the frame. */
  const [drawn, setDrawn] = useState<Polygon | null>(null);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const drawing = useRef<Drawing | null>(null);
  const moved = useRef(0);

  useEffect(() => {
    const node = canvas.current;
    if (node === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      const speed = event.ctrlKey ? 100 : 400;
      setView((before) => zoomed(before, Math.exp(-event.deltaY / speed), event.offsetX, event.offsetY, width, height));
    };
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [canvas, width, height]);

  const placeOf = ({ nativeEvent }: PointerEvent) => ({ x: nativeEvent.offsetX, y: nativeEvent.offsetY });
  const stopDrawing = () => {
    drawing.current = null;
    setDrawn(null);
  };

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button !== 0) return;
    const at = placeOf(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, at);
    if (pointers.current.size > 1) {
      stopDrawing();
      moved.current = CLICK_PX;
      return;
    }
    moved.current = 0;
    if (gestures.catches && (gestures.isLasso || event.shiftKey)) {
      const adds = event.ctrlKey || event.metaKey;
      drawing.current = { corners: [at.x, at.y], from: event.shiftKey ? [at.x, at.y] : null, adds };
    }
  };

  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const at = placeOf(event);
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) {
      gestures.onPoint(view, at.x, at.y);
      return;
    }
    const [byX, byY] = [at.x - before.x, at.y - before.y];
    moved.current += Math.abs(byX) + Math.abs(byY);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, at);
    gestures.onAway();
    if (other !== undefined) {
      const [was, is] = [before, at].map(({ x, y }) => Math.hypot(x - other.x, y - other.y));
      const factor = Math.max(1, is ?? 1) / Math.max(1, was ?? 1);
      const [midX, midY] = [(at.x + other.x) / 2, (at.y + other.y) / 2];
      setView((now) => {
        const next = zoomed(now, factor, midX, midY, width, height);
        return next === WHOLE ? next : { ...next, dx: next.dx + byX / 2, dy: next.dy + byY / 2 };
      });
      return;
    }
    const own = drawing.current;
    if (own === null) {
      setView((now) => ({ ...now, dx: now.dx + byX, dy: now.dy + byY }));
    } else if (own.from !== null) {
      setDrawn(rectangle(own.from[0], own.from[1], at.x, at.y));
    } else if (addCorner(own.corners, at.x, at.y)) setDrawn([...own.corners]);
  };

  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!pointers.current.delete(event.pointerId)) return;
    const own = drawing.current;
    if (own === null || drawn === null || moved.current < CLICK_PX) return stopDrawing();
    const [shiftX, shiftY] = shiftOf(view, width, height);
    gestures.onDrawn(
      drawn.map((value, at) => (value - (at % 2 === 0 ? shiftX : shiftY)) / view.zoom),
      own.adds,
    );
    stopDrawing();
  };

  const onPointerCancel = (event: PointerEvent<HTMLCanvasElement>) => {
    pointers.current.delete(event.pointerId);
    stopDrawing();
  };

  return {
    view,
    setView,
    drawn,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel,
      onPointerLeave: () => gestures.onAway(),
      onClick: ({ nativeEvent }: { nativeEvent: MouseEvent }) => {
        if (moved.current < CLICK_PX) gestures.onClick(view, nativeEvent.offsetX, nativeEvent.offsetY);
      },
    },
  };
}
