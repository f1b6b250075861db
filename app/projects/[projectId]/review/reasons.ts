import type { ReviewReason } from '#core/project/project.ts';
import type { Tone } from '../../../_ui/badge.tsx';
import type { ReviewTask } from '../../../_labeling/hand/hand.ts';

/** Why an image is in the review queue, in words. */
export const REASON_WORDS: Record<ReviewReason, { label: string; why: string; tone: Tone }> = {
  uncertain: { label: 'Unsure', why: 'The model is unsure of this one: your answer teaches it most.', tone: 'accent' },
  'rare-class': { label: 'Rare class', why: 'It may belong to a class that has few images so far.', tone: 'accent' },
  audit: { label: 'Audit', why: 'Drawn at random: measures how far the model can be trusted.', tone: 'neutral' },
  flip: { label: 'Changed its mind', why: 'Two rounds of the model say different things.', tone: 'warn' },
  'suspect-label': { label: 'Check a label', why: 'The model doubts what a person said. Judge afresh.', tone: 'warn' },
  disagreement: { label: 'Disagreement', why: 'Teacher and student do not agree.', tone: 'warn' },
};

/** Why this image is here. There are two random draws, and they measure different things. */
export const whyOf = ({ reason, fromPool }: Pick<ReviewTask, 'reason' | 'fromPool'>): string =>
  reason !== 'audit'
    ? REASON_WORDS[reason].why
    : fromPool
      ? 'Drawn at random from the whole pool, sure or not: measures how often the model is right.'
      : 'Drawn at random from what the model accepted by itself: measures how far that can be trusted.';
