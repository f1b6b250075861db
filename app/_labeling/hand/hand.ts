import type { ReviewReason } from '#core/project/project.ts';
import type { RoundPlace } from '#core/run/run.ts';

/** The images in a person's hand, and what they did this session: a pure state, so that undo and redo are provable. */
export interface HandImage {
  id: string;
  fileName: string;
  width: number;
  height: number;
  flagged: boolean;
  /** Fencing token of its lease; null when it has none. */
  token: number | null;
  /** What the review queue asks about it; null on the label page. */
  review: ReviewTask | null;
}

export interface ReviewTask {
  itemId: string;
  reason: ReviewReason;
  runNumber: number;
  /** Which round asks. */
  round: RoundPlace;
  /** Of an audit: drawn from the whole pool, rather than from what the model accepted by itself. */
  fromPool: boolean;
  /** The model's answer, where the settings show it before the person's. */
  guess: {
    classId: string | null;
    confidence: number | null;
    probabilities: { classId: string; probability: number }[];
  } | null;
}

export interface Done {
  annotationId: string;
  image: HandImage;
  kind: 'decide' | 'skip';
  classId: string | null;
  /** When it was decided, ms; before this session for what an earlier page did. */
  at: number;
  /** Done on this page, rather than found on the server at start. */
  here: boolean;
  /** Which step it was, from 1, and how many decisions this page had made with it: steps further back are forgotten. */
  nth: number;
  decidedHere: number;
}

export interface Hand {
  /** The first is on screen. */
  queue: readonly HandImage[];
  /** Oldest first. */
  past: readonly Done[];
  /** What was undone, the next to redo last. */
  undone: readonly Done[];
}

export type HandAction =
  | { type: 'received'; images: readonly HandImage[] }
  /** What lay further back went to the queue, and these came for it. */
  | { type: 'exchanged'; back: readonly string[]; images: readonly HandImage[] }
  | { type: 'remembered'; past: readonly Omit<Done, 'here' | 'nth' | 'decidedHere'>[] }
  | {
      type: 'decided';
      annotationId: string;
      kind: 'decide' | 'skip';
      classId: string | null;
      at: number;
      redo: boolean;
    }
  | { type: 'undone' }
  | { type: 'token'; imageId: string; token: number | null }
  | { type: 'flagged'; imageId: string; flagged: boolean }
  /** Somebody else settled it. What is on screen stays. */
  | { type: 'dropped'; imageId: string }
  | { type: 'emptied' };

export const EMPTY_HAND: Hand = { queue: [], past: [], undone: [] };
/** Steps back that a page remembers. */
const PAST_KEPT = 500;

export function reduceHand(hand: Hand, action: HandAction): Hand {
  switch (action.type) {
    case 'received': {
      const held = new Set(hand.queue.map((image) => image.id));
      const done = new Set(hand.past.map(({ image }) => taskOf(image)));
      const fresh = action.images.filter((image) => !held.has(image.id) && !done.has(taskOf(image)));
      const tokens = new Map(action.images.map((image) => [image.id, image.token]));
      const queue = hand.queue.map((image) =>
        tokens.has(image.id) ? { ...image, token: tokens.get(image.id) ?? null } : image,
      );
      return { ...hand, queue: [...queue, ...fresh] };
    }
    case 'exchanged': {
      const back = new Set(action.back);
      // The one on screen stays, whatever came meanwhile.
      const queue = hand.queue.filter((image, index) => index === 0 || !back.has(image.id));
      return reduceHand({ ...hand, queue }, { type: 'received', images: action.images });
    }
    case 'remembered': {
      const here = new Set(hand.past.map((done) => done.annotationId));
      const before = action.past
        .filter((done) => !here.has(done.annotationId))
        .map((done) => ({ ...done, here: false, decidedHere: 0 }));
      const past = [...before, ...hand.past].map((done, index) => ({ ...done, nth: index + 1 }));
      const known = new Set(past.map((done) => taskOf(done.image)));
      return { ...hand, past, queue: hand.queue.filter((image) => !known.has(taskOf(image))) };
    }
    case 'decided': {
      const [image, ...queue] = hand.queue;
      if (!image) return hand;
      const { annotationId, kind, classId, at } = action;
      const last = hand.past.at(-1);
      const nth = (last?.nth ?? 0) + 1;
      const decidedHere = (last?.decidedHere ?? 0) + (kind === 'decide' ? 1 : 0);
      const done: Done = { annotationId, image, kind, classId, at, here: true, nth, decidedHere };
      return {
        queue,
        past: [...hand.past, done].slice(-PAST_KEPT),
        undone: action.redo ? hand.undone.slice(0, -1) : [],
      };
    }
    case 'undone': {
      const last = hand.past.at(-1);
      if (!last) return hand;
      return {
        queue: [{ ...last.image, token: null }, ...hand.queue],
        past: hand.past.slice(0, -1),
        undone: [...hand.undone, last],
      };
    }
    case 'token':
      return {
        ...hand,
        queue: hand.queue.map((image) => (image.id === action.imageId ? { ...image, token: action.token } : image)),
      };
    case 'dropped':
      return { ...hand, queue: hand.queue.filter((image, index) => index === 0 || image.id !== action.imageId) };
    case 'emptied':
      return { ...hand, queue: [], undone: [] };
    case 'flagged':
      return {
        ...hand,
        queue: hand.queue.map((image) => (image.id === action.imageId ? { ...image, flagged: action.flagged } : image)),
      };
  }
}

/** Images on screen and painted ahead, which no new order takes away. */
const KEPT_AHEAD = 2;

/**
 * What goes back to the queue for what it names first by now: leased images that are not painted yet. What the person
 * took back stays in its order, for redo.
 */
export function readBack(hand: Hand): string[] {
  const taken = new Set(hand.undone.map(({ image }) => image.id));
  return hand.queue.slice(KEPT_AHEAD).flatMap(({ id, token }) => (token === null || taken.has(id) ? [] : [id]));
}

/**
 * What an image is in the hand for: a review item asks anew of an image that was answered here, the label queue asks
 * once.
 */
const taskOf = (image: HandImage): string => image.review?.itemId ?? image.id;

/** What redo would do to the image on screen; null when something else is there. */
export function nextRedo(hand: Hand): Done | null {
  const next = hand.undone.at(-1);
  return next && next.image.id === hand.queue[0]?.id ? next : null;
}

const PACE_WINDOW_MS = 5 * 60_000;

/** Decisions of this page: how many, and a minute's pace over the last five minutes. */
export function readPace(past: readonly Done[], now: number): { count: number; perMinute: number | null } {
  const here = past.filter((done) => done.here && done.kind === 'decide');
  const recent = here.filter((done) => now - done.at < PACE_WINDOW_MS);
  const first = recent[0];
  const minutes = first ? (now - first.at) / 60_000 : 0;
  const count = past.at(-1)?.decidedHere ?? 0;
  return { count, perMinute: recent.length >= 3 && minutes > 0.05 ? recent.length / minutes : null };
}

/**
 * Own agreement moves slowly: it is asked for again this long after an answer, and not at all while only others answer.
 */
const SUMMARY_MS = 15_000;

/** When to ask for one's own figures again, ms; false while nothing was decided since they were told. */
export const readSummaryInterval = (past: readonly Done[], toldAt: number): number | false =>
  (past.at(-1)?.at ?? 0) > toldAt ? SUMMARY_MS : false;
