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
export function adviseLookAlikes({ alike, images }: LookAlikeStanding): { many: boolean; text: string } | null {
  const count = alike.validation + alike.test;
  if (count === 0) return null;
  const named = (['test', 'validation'] as const)
    .flatMap((split) =>
      alike[split] === 0 ? [] : [`${alike[split]} ${split} ${alike[split] === 1 ? 'image' : 'images'}`],
    )
    .join(' and ');
  const many = count >= MANY_LEAST && count / (images.validation + images.test) >= MANY_SHARE;
  return {
    many,
    text: `${named} ${count === 1 ? 'looks' : 'look'} like a pool image. ${
      many
        ? 'With so many, the images of this project may just look alike, as digits do or parts under one camera: ' +
          'look at some pairs before you move any.'
        : 'A model that learns from the one is measured on the other, so its figures flatter.'
    }`,
  };
}
