import type { Translate } from '../text/text.ts';
import type { Split } from '../project/project.ts';

type HeldOut = Exclude<Split, 'pool'>;

export interface LookAlikeStanding {
  /** Images of the split that look like one of the pool. */
  alike: Readonly<Record<HeldOut, number>>;
  /** All images of the split. */
  images: Readonly<Record<HeldOut, number>>;
}

/**
 * From here on it is not a leak here and there: digits, or parts under one camera, look alike without being the same.
 */
const MANY_SHARE = 0.05;
const MANY_LEAST = 20;

/** What to say of validation and test images that look like one of the pool; null without any. */
export function adviseLookAlikes(
  t: Translate,
  { alike, images }: LookAlikeStanding,
): { many: boolean; text: string } | null {
  const { test, validation } = alike;
  const count = validation + test;
  if (count === 0) return null;
  const which = test > 0 && validation > 0 ? 'both' : test > 0 ? 'test' : 'validation';
  const many = count >= MANY_LEAST && count / (images.validation + images.test) >= MANY_SHARE;
  const named = t(`next.alike.${which}`, { test, validation });
  return { many, text: `${named} ${t(many ? 'next.alike.many' : 'next.alike.flatters')}` };
}
