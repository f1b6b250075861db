'use client';
import { useSyncExternalStore } from 'react';
import type { ComponentProps } from 'react';
import type { HandStore } from '../hand/hand-store.ts';
import { Stage } from './stage.tsx';
import { FIT } from './view.ts';

/**
 * The stage of a hand: it follows the hand itself, not the page around it, so that the frame of a key shows the next
 * image and draws nothing else.
 */
export function HandStage({
  store,
  imageId,
  view,
  ...stage
}: Omit<ComponentProps<typeof Stage>, 'images' | 'number'> & {
  store: HandStore;
  /** The image that the page tells of: the one before, for the frame in which the page has not followed yet. */
  imageId: string;
}) {
  const { queue, past } = useSyncExternalStore(store.subscribe, store.read, store.read);
  const number = (past.at(-1)?.nth ?? 0) + 1;
  return <Stage {...stage} images={queue} number={number} view={queue[0]?.id === imageId ? view : FIT} />;
}
