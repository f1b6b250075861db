/** Below this a backbone that knows photos sees too few of its own strides: smaller images are scaled up to it. */
const SIDE_LEAST = 128;
/** Backbones halve the image five times: other sides cost as much as the next multiple and tell no more. */
const STEP = 32;

/**
 * Side of the square on which a backbone looks at a project's images, px: its own for photos at least as large, else
 * what the images fill, scaled up where they are tiny. CIFAR's 32 px gave most at 96 to 128, photos at the backbone's
 * own side; nothing beyond either is worth its time, which grows with the square.
 * @param backboneSide what the backbone was made for, px
 * @param imageSide the shorter side of the project's typical image, px
 *
 *   chooseSide(300, 400) // 300
 *   chooseSide(300, 32) // 128
 */
export function chooseSide(backboneSide: number, imageSide: number): number {
  const filled = Math.ceil(Math.max(1, imageSide) / STEP) * STEP;
  return Math.min(backboneSide, Math.max(SIDE_LEAST, filled));
}
