'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useText } from '../../_text/text.tsx';
import { useTRPC, useTRPCClient } from '../../_lib/api.ts';
import type { Outputs } from '../../_lib/api.ts';
import { readError } from '../../_lib/error.ts';
import { useConnected, useEvent, usePresence } from '../../_lib/socket.ts';
import { newId } from '../../_lib/id.ts';
import { EMPTY_HAND, nextRedo, readBack } from './hand.ts';
import type { HandImage } from './hand.ts';
import { HandStore } from './hand-store.ts';
import { imageUrl } from '../media.ts';
import { listKeptHand, useKeptHand } from './use-kept-hand.ts';
import { useOutbox } from '../outbox/use-outbox.ts';
import { tellRefusal } from '../tell-refusal.ts';
import { useLeases } from '../use-leases.ts';

export type ClaimEnd = Outputs['label']['claim']['end'];

/** Where a hand draws its images from: the label queue or the review queue. */
export interface Deck {
  claim(count: number, back?: readonly string[]): Promise<{ images: HandImage[]; end: ClaimEnd }>;
  renew(): Promise<unknown>;
  release(): Promise<unknown>;
  /** Decisions made before this page that undo may reach. */
  remember: boolean;
  /** Whose hand this is. */
  page: 'label' | 'review';
  /** Takes a new order of the queue at once, for what is not painted yet. */
  follows: boolean;
}

/** A new order is followed at most this often, ms, and the seldomer the more people are there. */
const FOLLOW_MS = 2500;
const FOLLOWERS = 10;

const LOOK_AGAIN_MS = 5000;
/** Counts are asked for again at once after a pause, and this often while a team is busy. */
const COUNTS_MS = 4000;
const COUNTS_SOONEST_MS = 300;

/**
 * Everything a page of one image after another does: the hand kept full of leased and loaded images, decisions that are
 * durable before they are sent, undo and redo through what was submitted, and counts that follow colleagues.
 */
export function useHand(projectId: string, batchSize: number, deck: Deck) {
  const { t } = useText();
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const connected = useConnected();
  const [hand, setHand] = useState(EMPTY_HAND);
  const [end, setEnd] = useState<ClaimEnd>(null);
  const [claimed, setClaimed] = useState(false);
  /** Nobody answers: the page goes on with what it held before. */
  const [cutOff, setCutOff] = useState(() => typeof navigator !== 'undefined' && !navigator.onLine);
  const claiming = useRef(false);
  const shown = useRef<{ id: string | undefined; at: number }>({ id: undefined, at: 0 });
  const [store] = useState(() => new HandStore(setHand));

  const progress = useQuery(trpc.label.progress.queryOptions({ projectId }));
  const countsTimer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const countedAt = useRef(0);
  const countSoon = () => {
    countsTimer.current ??= setTimeout(
      () => {
        countsTimer.current = null;
        countedAt.current = performance.now();
        void queryClient.invalidateQueries(trpc.label.progress.queryFilter({ projectId }));
      },
      Math.max(COUNTS_SOONEST_MS, countedAt.current + COUNTS_MS - performance.now()),
    );
  };
  useEvent('annotation:submitted', countSoon);
  /** Whoever takes back looks whether it is gone: that does not wait its turn. */
  const countNow = () => {
    if (countsTimer.current) clearTimeout(countsTimer.current);
    countsTimer.current = null;
    countedAt.current = -COUNTS_MS;
    countSoon();
  };

  const { state, ready, ...outbox } = useOutbox(projectId, {
    settled: countSoon,
    refused: tellRefusal,
    undone: ({ imageId, token }) => {
      store.dispatch({ type: 'token', imageId, token });
      countNow();
    },
  });

  const claim = async (back: readonly string[] = []) => {
    if (claiming.current || !ready) return;
    claiming.current = true;
    // Answered already, as the server cannot know yet.
    const unsent = outbox.unsentImages();
    try {
      const answer = await deck.claim(batchSize, back);
      const images = answer.images.filter((image) => !unsent.has(image.id));
      for (const image of images) warm(imageUrl(projectId, image.id));
      store.dispatch(back.length > 0 ? { type: 'exchanged', back, images } : { type: 'received', images });
      setCutOff(false);
      setEnd(answer.end);
      setClaimed(true);
    } catch (error) {
      if (readError(error).code === 'NETWORK') setCutOff(true);
      else toast.error(readError(error).title, { description: readError(error).message, id: 'claim' });
    } finally {
      claiming.current = false;
    }
  };
  const claimLater = useEffectEvent(() => void claim());

  /** Images left when it is time to claim more; -1 while it is not. */
  const lackingFrom = connected && ready && hand.queue.length <= Math.floor(batchSize / 2) ? hand.queue.length : -1;
  useEffect(() => {
    if (lackingFrom < 0) return undefined;
    const timer = setTimeout(() => claimLater(), 0);
    return () => clearTimeout(timer);
  }, [lackingFrom]);
  useKeptHand(projectId, deck.page, hand, claimed);
  const goOn = useEffectEvent((kept: readonly HandImage[]) => {
    if (claimed) return;
    const unsent = outbox.unsentImages();
    store.dispatch({ type: 'received', images: kept.filter((image) => !unsent.has(image.id)) });
    setClaimed(true);
  });
  const goesOn = cutOff && !claimed && ready;
  useEffect(() => {
    if (goesOn) void listKeptHand(projectId, deck.page).then((kept) => goOn(kept));
  }, [goesOn, projectId, deck.page]);
  const isOut = hand.queue.length === 0;
  useEffect(() => {
    if (!isOut) return undefined;
    const timer = setInterval(() => claimLater(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isOut]);
  useEvent('project:changed', () => void claim());

  const followTimer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const followedAt = useRef(-Infinity);
  const follow = useEffectEvent(() => {
    followTimer.current = null;
    followedAt.current = performance.now();
    const back = readBack(store.read());
    if (back.length > 0 && state.unsent === 0) void claim(back);
  });
  const present = usePresence(projectId).length;
  useEvent('teacher:refitted', () => {
    if (!deck.follows) return;
    const pause = FOLLOW_MS * Math.max(1, present / FOLLOWERS);
    const after = Math.max(0, followedAt.current + pause - performance.now());
    followTimer.current ??= setTimeout(() => follow(), after);
  });

  // What this person did before this page: undo reaches back over a reload.
  const remember = useEffectEvent((rows: Outputs['label']['mine']) =>
    store.dispatch({
      type: 'remembered',
      past: rows
        .filter((row) => row.source === 'label')
        .reverse()
        .map((row) => ({
          annotationId: row.id,
          kind: row.kind === 'skip' ? 'skip' : 'decide',
          classId: row.classId,
          at: row.createdAt.getTime(),
          image: {
            id: row.imageId,
            fileName: row.fileName,
            width: row.width,
            height: row.height,
            flagged: row.flagged,
            token: null,
            review: null,
          },
        })),
    }),
  );
  const remembers = deck.remember;
  useEffect(() => {
    if (!remembers) return;
    client.label.mine.query({ projectId, limit: 50 }).then(
      (rows) => remember(rows),
      () => undefined,
    );
  }, [client, projectId, remembers]);

  useLeases({
    holds: () => store.read().queue.length > 0,
    renew: () => deck.renew(),
    release: () => deck.release(),
    drained: outbox.drained,
  });

  const currentId = hand.queue[0]?.id;
  useEffect(() => {
    shown.current = { id: currentId, at: performance.now() };
  }, [currentId]);

  const answer = (kind: 'decide' | 'skip', classId: string | null, reason: string | null, redo: boolean) => {
    const image = store.read().queue[0];
    if (!image) return;
    const annotationId = newId();
    const durationMs = Math.min(3_600_000, Math.round(performance.now() - shown.current.at));
    const taken = outbox.submit({
      id: annotationId,
      imageId: image.id,
      kind,
      classId,
      token: image.token,
      reason,
      durationMs,
      reviewItemId: image.review?.itemId ?? null,
      guessShown: image.review?.guess != null,
    });
    if (taken) store.dispatch({ type: 'decided', annotationId, kind, classId, at: Date.now(), redo });
    else toast.error(t('hand.notTaken'), { description: t('hand.notTakenWhy') });
  };
  const undo = () => {
    const last = store.read().past.at(-1);
    if (!last) return;
    store.dispatch({ type: 'undone' });
    outbox.undo(newId(), last.annotationId);
  };
  const redo = () => {
    const next = nextRedo(store.read());
    if (next) answer(next.kind, next.classId, null, true);
  };
  return {
    hand,
    store,
    end,
    ready: claimed,
    sync: state,
    progress: progress.data ?? null,
    decide: (classId: string) => answer('decide', classId, null, false),
    skip: (reason: string | null) => answer('skip', null, reason, false),
    undo,
    redo,
    claim: () => void claim(),
    drop: (imageId: string) => store.dispatch({ type: 'dropped', imageId }),
    empty: () => store.dispatch({ type: 'emptied' }),
    /** Answers what the model says of the image on screen, where its guess is shown. */
    accept: () => {
      const guessed = store.read().queue[0]?.review?.guess?.classId ?? null;
      if (guessed !== null) answer('decide', guessed, null, false);
    },
    /** Flags the image on screen, or takes its flag away. */
    flag: () => {
      const [image] = store.read().queue;
      if (!image) return;
      const { id: imageId } = image;
      const flagged = !image.flagged;
      store.dispatch({ type: 'flagged', imageId, flagged });
      client.gallery.flag.mutate({ projectId, imageIds: [imageId], flagged }).catch((error: unknown) => {
        store.dispatch({ type: 'flagged', imageId, flagged: !flagged });
        toast.error(t('hand.flagNotSaved'), { description: readError(error).message });
      });
    },
  };
}

/** Loads an image before anybody asks for it; the stage decodes those that come next, a few at a time. */
function warm(url: string): void {
  new Image().src = url;
}
