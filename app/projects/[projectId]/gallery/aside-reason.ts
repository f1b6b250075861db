import type { Spoken } from '../../../_text/text.tsx';

/** Reasons that are offered. Each is kept by this word, so that everybody reads it in their own language. */
export const REASONS = ['blurred', 'other', 'duplicate', 'several', 'private'] as const;
const SAME_AS = 'nearly-same-as: ';

/** What is kept of a reason that somebody has written or chosen. */
export const keepReason = (word: string, { t }: Pick<Spoken, 't'>): string =>
  REASONS.find((one) => t(`gallery.reason.${one}`) === word) ?? word;

export const sameAs = (fileName: string): string => `${SAME_AS}${fileName}`.slice(0, 300);

/** A kept reason as it is read; what somebody wrote stands as it was written. */
export function readReason(kept: string, { t }: Pick<Spoken, 't'>): string {
  const known = REASONS.find((one) => one === kept);
  if (known) return t(`gallery.reason.${known}`);
  return kept.startsWith(SAME_AS) ? t('gallery.nearlySameAs', { file: kept.slice(SAME_AS.length) }) : kept;
}
