import { behindFrame } from '../frame/after-frame.ts';
import { EMPTY_HAND, reduceHand } from './hand.ts';
import type { Hand, HandAction } from './hand.ts';

/**
 * The hand as of now: two keys within one frame never mean the same image. The stage subscribes to it and shows the
 * next image in the frame of the key; the rest of the page tells of what was done, and follows right behind that frame,
 * because drawing it is what makes the next image late.
 */
export class HandStore {
  private hand: Hand = EMPTY_HAND;
  private readonly listeners = new Set<() => void>();
  private readonly follow: (hand: Hand) => void;
  private readonly followLater: () => void;

  /** `follow` is told of the newest hand: behind the frame after an answer or an undo, at once after all else. */
  constructor(follow: (hand: Hand) => void) {
    this.follow = follow;
    const later = behindFrame<null>(() => follow(this.hand));
    this.followLater = () => later(null);
  }

  readonly read = (): Hand => this.hand;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  dispatch(action: HandAction): void {
    this.hand = reduceHand(this.hand, action);
    for (const listener of this.listeners) listener();
    if (action.type === 'decided' || action.type === 'undone') this.followLater();
    else this.follow(this.hand);
  }
}
