'use client';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { PointerEvent, RefObject } from 'react';
import { keepInside, pinch, readSwipe, tapTwice, zoomBy } from './view.ts';
import type { Place, Swipe, View } from './view.ts';

/** What a swipe to a side does; null where there is nothing to do. */
export interface SwipeAct {
  /** Said while the finger moves. */
  word: string;
  run: () => void;
}
export interface SwipeActs {
  left: SwipeAct | null;
  right: SwipeAct | null;
}

const TAP_MS = 300;
const TAP_PX = 12;
const TAPS_APART_MS = 320;
const TAPS_APART_PX = 36;

/** What the fingers are doing since the first of them came down. */
interface Doing {
  kind: 'press' | 'pan' | 'pinch' | 'swipe' | 'nothing';
  /** Where it began, and how the image was looked at then. */
  places: Place[];
  from: View;
  at: number;
}

export interface SwipeMove extends Swipe {
  dx: number;
}

/**
 * Fingers and the mouse on the stage: pinch and double tap zoom about the place that is touched, one finger moves what
 * is zoomed and swipes what is not, the wheel zooms. The page itself is never zoomed by them.
 */
export function useGestures(
  frame: RefObject<HTMLElement | null>,
  { view, onView, swipes }: { view: View; onView: (view: View) => void; swipes: SwipeActs | null },
) {
  const fingers = useRef(new Map<number, Place>());
  const doing = useRef<Doing | null>(null);
  const tapped = useRef<(Place & { at: number }) | null>(null);
  const [swipe, setSwipe] = useState<SwipeMove | null>(null);
  const [holds, setHolds] = useState(false);

  const box = () => frame.current?.getBoundingClientRect() ?? new DOMRect();
  const placeOf = (event: { clientX: number; clientY: number }): Place => {
    const { left, top, width, height } = box();
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  };
  const look = (next: View) => onView(keepInside(next, box()));
  const begin = (kind: Doing['kind'], at: number) => {
    doing.current = { kind, places: [...fingers.current.values()], from: view, at };
    setHolds(kind === 'pan');
  };

  const down = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, placeOf(event));
    setSwipe(null);
    const count = fingers.current.size;
    begin(count === 2 ? 'pinch' : count > 2 ? 'nothing' : view.zoom > 1 ? 'pan' : 'press', event.timeStamp);
  };

  const move = (event: PointerEvent<HTMLElement>) => {
    const now = doing.current;
    if (now === null || !fingers.current.has(event.pointerId)) return;
    fingers.current.set(event.pointerId, placeOf(event));
    const [first, second] = now.places;
    const [place, other] = [...fingers.current.values()];
    if (first === undefined || place === undefined) return;
    const [dx, dy] = [place.x - first.x, place.y - first.y];
    if (now.kind === 'pinch' && second !== undefined && other !== undefined) {
      look(pinch(now.from, [first, second], [place, other]));
    } else if (now.kind === 'pan') {
      look({ zoom: now.from.zoom, x: now.from.x + dx, y: now.from.y + dy });
    } else if (now.kind === 'press' && event.pointerType !== 'mouse' && Math.hypot(dx, dy) > TAP_PX) {
      now.kind = swipes !== null && readSwipe(dx, dy, 1e6, box()) !== null ? 'swipe' : 'nothing';
    }
    if (now.kind === 'swipe') {
      const read = readSwipe(dx, dy, event.timeStamp - now.at, box());
      setSwipe(read === null ? null : { ...read, dx });
    }
  };

  const up = (event: PointerEvent<HTMLElement>) => {
    const now = doing.current;
    const lifted = fingers.current.get(event.pointerId);
    if (now === null || lifted === undefined) return;
    fingers.current.delete(event.pointerId);
    if (fingers.current.size > 0) return begin(view.zoom > 1 ? 'pan' : 'nothing', event.timeStamp);
    const [first] = now.places;
    doing.current = null;
    setHolds(false);
    setSwipe(null);
    if (first === undefined || event.type === 'pointercancel') return;
    const [dx, dy, ms] = [lifted.x - first.x, lifted.y - first.y, event.timeStamp - now.at];
    if (now.kind === 'swipe') {
      const read = readSwipe(dx, dy, ms, box());
      if (read !== null && read.progress >= 1) swipes?.[read.to]?.run();
    } else if ((now.kind === 'press' || now.kind === 'pan') && ms < TAP_MS && Math.hypot(dx, dy) <= TAP_PX) {
      tap(lifted, event.timeStamp);
    }
  };
  const tap = (place: Place, at: number) => {
    const before = tapped.current;
    const twice =
      before !== null &&
      at - before.at < TAPS_APART_MS &&
      Math.hypot(place.x - before.x, place.y - before.y) < TAPS_APART_PX;
    tapped.current = twice ? null : { ...place, at };
    if (twice) look(tapTwice(view, place));
  };

  // React's own wheel listener cannot keep the browser from zooming the page, which a trackpad's pinch asks for.
  const wheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    if (event.deltaY !== 0) look(zoomBy(view, event.deltaY < 0 ? 1.2 : 1 / 1.2, placeOf(event)));
  });
  useEffect(() => {
    const element = frame.current;
    const turn = (event: WheelEvent) => wheel(event);
    // A finger that moves here is wholly ours. Left to the browser it ends as a fling, though nothing scrolls, and for
    // a third of a second the next tap on a list (the classes) only "stops" that fling: a class that did not count.
    const keep = (event: TouchEvent) => event.cancelable && event.preventDefault();
    element?.addEventListener('wheel', turn, { passive: false });
    element?.addEventListener('touchmove', keep, { passive: false });
    return () => {
      element?.removeEventListener('wheel', turn);
      element?.removeEventListener('touchmove', keep);
    };
  }, [frame]);

  return {
    swipe,
    holds,
    on: { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up },
  };
}
