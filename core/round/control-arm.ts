import { claimOf, VALIDATION_WANTED } from '../math/claim.ts';
import type { Interval } from '../math/statistics.ts';

const points = (share: number): string => `${share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)}`;

/**
 * A student against its control arm, in words: how far above or below it stands, the 95% interval, and whether that is
 * more than chance.
 * @param gain student minus control, as a share of `n` validation images that both scored
 */
export function describeControlGain({
  difference,
  interval,
  n,
}: {
  difference: number;
  interval: Interval;
  n: number;
}): string {
  const [low, high] = interval;
  const size = Math.abs(difference * 100).toFixed(1);
  const where =
    size === '0.0'
      ? 'Level with the control arm'
      : `${size} points ${difference < 0 ? 'below' : 'above'} the control arm`;
  const surely = {
    chance: 'not more than chance may do',
    few: `with fewer than ${VALIDATION_WANTED} of them nothing is claimed`,
    worse: 'self-training made it worse',
    better: 'self-training helped',
  }[claimOf({ interval, n })];
  return (
    `${where} (95% interval ${points(low)} to ${points(high)}, ${n.toLocaleString('en')} validation images): ` +
    `${surely}.`
  );
}
