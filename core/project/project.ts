import { DEFAULT_AUGMENTATION } from '../run/learning.ts';
import type { AugmentationPolicy } from '../run/learning.ts';

/** What a lead may set on a project, at any time. */
export interface ProjectSettings {
  /** Annotations asked of different people for one image before it counts as done. */
  overlap: number;
  /** Ask one more person when the first answers disagree, up to this many. */
  overlapOnDisagreement: number;
  /** Uploaded files are kept beside what is made of them, for exports; absent in projects from before: they are not. */
  keepOriginals?: boolean;
  /** Shares of new images drawn into the validation and test splits at import. */
  validationShare: number;
  testShare: number;
  /** Images a label page holds at a time. */
  batchSize: number;
  hotkeyLayout: 'numbers' | 'letters' | 'one-handed';
  /** Show what the model thinks during review, before or after the person answers. */
  guess: 'before' | 'after' | 'never';
  /** Share of review items on which the guess stays hidden, to measure anchoring. */
  hiddenGuessShare: number;
  /** Share of label tasks that are gold items, and the accuracy below which a member is paused. */
  goldShare: number;
  goldPauseBelow: number;
  /** Order in which unlabeled images are given to people. */
  order: 'random' | 'typical' | 'model';
  augmentation: AugmentationPolicy;
  /** What the card of an exported model says: an SPDX identifier or own words; empty: not stated. */
  licence: string;
  intendedUse: string;
  /** What embeds the project's images; null: the first that the organization has. */
  backboneId: string | null;
  /** How many of the newest pictures that its model was asked are kept; 0: none. */
  keepAsked: number;
}

/** What a class looks like to people. */
export interface ClassInfo {
  id: string;
  name: string;
  /** #rrggbb */
  colour: string;
  hotkey: string | null;
  position: number;
}

export const SPLITS = ['pool', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** Of images that a lead sends to review: asked before what rounds doubt by themselves, whose priorities end at 1. */
export const PICKED_PRIORITY = 2;

export const REVIEW_REASONS = ['uncertain', 'rare-class', 'audit', 'flip', 'suspect-label', 'disagreement'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** Twelve colours that stay apart for colour-blind people (after Okabe and Ito, Tol). */
export const CLASS_COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#7a5195',
  '#a6761d',
  '#1b9e77',
  '#f0e442',
  '#666666',
  '#aa4499',
] as const;

export const DEFAULT_PROJECT_SETTINGS: ProjectSettings = {
  overlap: 1,
  overlapOnDisagreement: 1,
  validationShare: 0.1,
  testShare: 0.1,
  batchSize: 12,
  hotkeyLayout: 'numbers',
  guess: 'after',
  hiddenGuessShare: 0.1,
  goldShare: 0,
  goldPauseBelow: 0.7,
  order: 'model',
  augmentation: DEFAULT_AUGMENTATION,
  licence: '',
  intendedUse: '',
  backboneId: null,
  keepAsked: 0,
};

const HOTKEYS = '1234567890abcdefghijklmnopqrstuvwxyz';

/**
 * Colour, hotkey and position for classes that are added after `taken` ones. Beyond 36 classes people search by name.
 */
export function dressClasses(names: readonly string[], taken: readonly { hotkey: string | null }[]) {
  const used = new Set(taken.map((item) => item.hotkey));
  const free = [...HOTKEYS].filter((key) => !used.has(key));
  return names.map((name, index) => ({
    name,
    colour: CLASS_COLOURS[(taken.length + index) % CLASS_COLOURS.length] as string,
    hotkey: free[index] ?? null,
    position: taken.length + index,
  }));
}
