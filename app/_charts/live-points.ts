import type { TrainPoint } from '#core/run/learning.ts';

export type CurvePoint = Omit<TrainPoint, 'steps'>;
export type LivePoint = CurvePoint & { roundId: string };

/** Points that a page keeps of what it watches: more than a curve has pixels. */
const LIVE_MOST = 2000;

/**
 * The live points with one more. Past the limit every second point goes, but for those that measured validation: a
 * curve keeps its shape however long somebody watches.
 */
export function addLivePoint(held: readonly LivePoint[], point: LivePoint): readonly LivePoint[] {
  const all = [...held, point];
  if (all.length <= LIVE_MOST) return all;
  return all.filter(({ valAccuracy }, at) => valAccuracy !== null || at % 2 === 0).slice(-LIVE_MOST);
}
