'use client';
import { useEffect } from 'react';
import type { Hand, HandImage } from './hand.ts';
import { findOffline, keepOffline } from '../../_offline/store.ts';
import { keepImagesOffline } from '../../_offline/worker.ts';

/** What is answered leaves the kept queue after the frame that shows the next image; images are asked for in peace. */
const QUEUE_MS = 100;
const IMAGES_MS = 400;
/** Steps back whose images are kept too. */
const PAST_KEPT = 10;

const keyOf = (projectId: string, page: string): string => `hand/${projectId}/${page}`;

/** Keeps what the person holds, so that the page goes on with it when it is opened without a connection. */
export function useKeptHand(projectId: string, page: string, { queue, past }: Hand, claimed: boolean): void {
  useEffect(() => {
    if (!claimed) return undefined;
    const timer = setTimeout(() => void keepOffline(keyOf(projectId, page), queue), QUEUE_MS);
    return () => clearTimeout(timer);
  }, [projectId, page, queue, claimed]);
  useEffect(() => {
    if (!claimed) return undefined;
    const timer = setTimeout(() => {
      void keepImagesOffline(projectId, [
        ...queue.map((image) => image.id),
        ...past.slice(-PAST_KEPT).map((done) => done.image.id),
      ]);
    }, IMAGES_MS);
    return () => clearTimeout(timer);
  }, [projectId, queue, past, claimed]);
  useEffect(
    () => () => {
      // The page is left, and gives back what it holds.
      if (navigator.onLine) void keepOffline(keyOf(projectId, page), []);
    },
    [projectId, page],
  );
}

/** What the page held last; empty when nothing is known. */
export const listKeptHand = async (projectId: string, page: string): Promise<readonly HandImage[]> =>
  (await findOffline<readonly HandImage[]>(keyOf(projectId, page))) ?? [];
