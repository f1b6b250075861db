import { useCallback, useState, useSyncExternalStore } from 'react';
import { onThemeChange } from '../_lib/theme.ts';

/** Width of an element in px, followed live; 0 before the first paint. Give `ref` to the element. */
export const useWidth = (): { ref: (node: HTMLElement | null) => (() => void) | undefined; width: number } => {
  const [width, setWidth] = useState(0);
  const ref = useCallback((node: HTMLElement | null) => {
    if (node === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
};

let version = 0;
const subscribe = (changed: () => void) =>
  onThemeChange(() => {
    version += 1;
    changed();
  });

/** A number that grows whenever colours may have changed; canvas drawings depend on it. */
export const useThemeVersion = (): number =>
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );
