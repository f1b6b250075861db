import type { ReviewReason } from '#core/project.ts';
import type { Tone } from '../ui/badge.tsx';

/** Why an image is in the review queue, in words. */
export const REASON_WORDS: Record<ReviewReason, { label: string; why: string; tone: Tone }> = {
  uncertain: { label: 'Unsure', why: 'The model is unsure of this one: your answer teaches it most.', tone: 'accent' },
  'rare-class': { label: 'Rare class', why: 'It may belong to a class that has few images so far.', tone: 'accent' },
  audit: { label: 'Audit', why: 'Drawn at random from what the model accepted by itself: measures how far it can be trusted.', tone: 'neutral' },
  flip: { label: 'Changed its mind', why: 'Two rounds of the model say different things.', tone: 'warn' },
  'suspect-label': { label: 'Check a label', why: 'The model doubts what a person said. Judge afresh.', tone: 'warn' },
  disagreement: { label: 'Disagreement', why: 'Teacher and student do not agree.', tone: 'warn' },
};
