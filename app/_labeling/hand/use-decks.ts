'use client';
import { useMemo } from 'react';
import type { ReviewReason } from '#core/project/project.ts';
import { useTRPCClient } from '../../_lib/api.ts';
import { windowId } from '../../_lib/socket.ts';
import type { Deck } from './use-hand.ts';

const alone = { context: { alone: true } };

/** A page that opens waits for what the page before it gives back, or it would lose what it has just claimed. */
let givenBack: Promise<unknown> = Promise.resolve();
const giveBack = (work: () => Promise<unknown>): Promise<unknown> => {
  givenBack = givenBack.then(work).catch(() => undefined);
  return givenBack;
};

/** The label queue: leased images. */
export function useLabelDeck(projectId: string): Deck {
  const client = useTRPCClient();
  return useMemo(
    () => ({
      claim: async (count, back = []) => {
        await givenBack;
        const { images, end } = await client.label.claim.mutate({ projectId, count, back: [...back] }, alone);
        return { images: images.map((image) => ({ ...image, review: null })), end };
      },
      renew: () => client.label.renew.mutate({ projectId }),
      release: () => giveBack(() => client.label.release.mutate({ projectId, windowId: windowId() })),
      remember: true,
      page: 'label' as const,
      follows: true,
    }),
    [client, projectId],
  );
}

/** The review queue: items held, of some reasons or of all. */
export function useReviewDeck(projectId: string, reasons: readonly ReviewReason[]): Deck {
  const client = useTRPCClient();
  return useMemo(
    () => ({
      claim: async (count) => {
        await givenBack;
        const { items, end } = await client.review.claim.mutate(
          { projectId, count: Math.min(count, 30), reasons: [...reasons] },
          alone,
        );
        return {
          images: items.map(({ id, imageId, fileName, width, height, flagged, ...task }) => ({
            id: imageId,
            fileName,
            width,
            height,
            flagged,
            token: null,
            review: { itemId: id, ...task },
          })),
          end,
        };
      },
      renew: () => client.review.renew.mutate({ projectId }),
      release: () => giveBack(() => client.review.release.mutate({ projectId, windowId: windowId() })),
      remember: false,
      page: 'review' as const,
      follows: false,
    }),
    [client, projectId, reasons],
  );
}
