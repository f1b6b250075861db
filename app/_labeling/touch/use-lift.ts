'use client';
import { useRef } from 'react';
import type { MouseEvent, PointerEvent } from 'react';
import { isTap } from './tap.ts';
import type { Touch } from './tap.ts';

const touchOf = (event: PointerEvent): Touch => ({ x: event.clientX, y: event.clientY, at: event.timeStamp });

/** The click that the browser makes of a tap comes this long after the finger was lifted, at most, ms. */
const CLICK_MS = 700;

/**
 * A button that acts as the finger lifts. The browser's own click comes later (measured: 10 to 15 ms), after everything
 * it plays for pages that know of no fingers. In a list that scrolls the click decides: a tap may only stop it there.
 */
export function useLift(act: () => void) {
  const down = useRef<Touch | null>(null);
  const liftedAt = useRef(-Infinity);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      const list = event.currentTarget.parentElement;
      const scrolls = list !== null && list.scrollHeight > list.clientHeight;
      down.current = event.pointerType === 'touch' && event.isPrimary && !scrolls ? touchOf(event) : null;
    },
    onPointerCancel: () => {
      down.current = null;
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const began = down.current;
      down.current = null;
      if (began === null || !isTap(began, touchOf(event))) return;
      liftedAt.current = event.timeStamp;
      act();
    },
    // A button does not keep the focus of a press: the page's keys go on. What had the focus is left: a box that is
    // written in, a button that Space would press.
    onMouseDown: (event: MouseEvent<HTMLElement>) => {
      event.preventDefault();
      const held = document.activeElement;
      if (held instanceof HTMLElement && held.closest('[role=grid]') === null) held.blur();
    },
    onClick: (event: MouseEvent<HTMLElement>) => {
      if (event.timeStamp - liftedAt.current > CLICK_MS) act();
      liftedAt.current = -Infinity;
    },
  };
}
