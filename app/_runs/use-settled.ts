'use client';
import { useEffect, useEffectEvent, useRef } from 'react';

/** Calls `handler` once, `delay` ms after the first of several calls: many events of one moment cost one refetch. */
export function useSettled(handler: () => void, delay: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const fire = useEffectEvent(() => {
    timer.current = null;
    handler();
  });
  const live = useRef<(() => void) | null>(null);
  useEffect(() => {
    live.current = () => fire();
    return () => {
      live.current = null;
      if (timer.current !== null) clearTimeout(timer.current);
    };
  }, []);
  return () => {
    timer.current ??= setTimeout(() => live.current?.(), delay);
  };
}
