import type { Split } from '../project/project.ts';

/** The place of an image that was put aside: in no split, so that whatever names a split passes it over. */
export const OUT = 'out';
export type Place = Split | typeof OUT;

/** Why an image is in no split: somebody excluded it, with a reason, or deleted it. */
export type AsideKind = 'excluded' | 'deleted';

/** How long a deleted image can be taken back, days. */
export const DELETED_DAYS = 7;

/** Images that one call changes; whoever changes more sends as many calls, one after the other. */
export const CHANGE_MOST = 1000;

/** What can be done to images that came in wrong. */
export type ImageChange =
  | { kind: 'exclude'; reason: string }
  | { kind: 'delete' }
  | { kind: 'restore' }
  | { kind: 'move'; split: Split }
  | { kind: 'tag'; tag: string }
  | { kind: 'untag'; tag: string };

/** What is to be known of an image before it is changed. */
export interface Changeable {
  place: Place;
  aside: AsideKind | null;
  /** A model chose it for people: it was answered in review, or in an order that a model made. */
  chosenByModel: boolean;
}

/**
 * Would this change do anything to the image, and may it? What is measured on stays a random draw: no image that a
 * model chose for people enters validation or test (IMAGE-21).
 *
 * @example
 *   judgeChange({ kind: 'move', split: 'test' }, { place: 'pool', aside: null, chosenByModel: true }); // 'kept'
 */
export function judgeChange(change: ImageChange, image: Changeable): 'change' | 'same' | 'kept' {
  switch (change.kind) {
    case 'exclude': {
      return image.aside === 'excluded' ? 'same' : 'change';
    }
    case 'delete': {
      return image.aside === 'deleted' ? 'same' : 'change';
    }
    case 'restore': {
      return image.aside === null ? 'same' : 'change';
    }
    case 'move': {
      if (image.place === change.split || image.place === OUT) return 'same';
      return change.split !== 'pool' && image.place === 'pool' && image.chosenByModel ? 'kept' : 'change';
    }
    case 'tag':
    case 'untag': {
      return 'change';
    }
    default: {
      return change satisfies never;
    }
  }
}
