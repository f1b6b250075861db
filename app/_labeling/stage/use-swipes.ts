'use client';
import { useMemo } from 'react';
import type { SwipeActs } from './use-gestures.ts';

/** To the left the image goes by, to the right the last one comes back. Both functions must stay the same. */
export const useSwipes = (
  canSkip: boolean,
  canUndo: boolean,
  skip: (reason: null) => void,
  undo: () => void,
): SwipeActs =>
  useMemo(
    () => ({
      left: canSkip ? { word: 'Skip', run: () => skip(null) } : null,
      right: canUndo ? { word: 'Undo', run: undo } : null,
    }),
    [canSkip, canUndo, skip, undo],
  );
