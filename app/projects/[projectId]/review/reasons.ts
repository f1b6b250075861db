import type { ReviewReason } from '#core/project/project.ts';
import type { Translate } from '#core/text/text.ts';
import type { Tone } from '../../../_ui/badge.tsx';
import type { ReviewTask } from '../../../_labeling/hand/hand.ts';

/** How a reason looks; what it is called is `review.reason.` and it. */
export const REASON_TONES: Record<ReviewReason, Tone> = {
  uncertain: 'accent',
  'rare-class': 'accent',
  audit: 'neutral',
  flip: 'warn',
  'suspect-label': 'warn',
  disagreement: 'warn',
};

/** Why this image is here. There are two random draws, and they measure different things. */
export const whyOf = (t: Translate, { reason, fromPool }: Pick<ReviewTask, 'reason' | 'fromPool'>): string =>
  reason === 'audit' ? t(fromPool ? 'review.auditPool' : 'review.auditAccepted') : t(`review.because.${reason}`);
