'use client';
import { useMemo } from 'react';
import { useText } from '../../_text/text.tsx';
import type { SwipeActs } from './use-gestures.ts';

/** To the left the image goes by, to the right the last one comes back. Both functions must stay the same. */
export const useSwipes = (
  canSkip: boolean,
  canUndo: boolean,
  skip: (reason: null) => void,
  undo: () => void,
): SwipeActs => {
  const { t } = useText();
  return useMemo(
    () => ({
      left: canSkip ? { word: t('hand.skip'), run: () => skip(null) } : null,
      right: canUndo ? { word: t('hand.undo'), run: undo } : null,
    }),
    [canSkip, canUndo, skip, undo, t],
  );
};
