import { formatPercent, MISSING } from '../../../../_lib/format.ts';

/**
 * What stands beside a round's curve while nobody points at it: the figure of the finished round, the same as
 * everywhere else, or the newest quick look, marked as such.
 */
export const restingFigure = (metrics: { valAccuracy: number } | null, newest: number | null | undefined): string =>
  metrics
    ? `${formatPercent(metrics.valAccuracy)} final`
    : newest === null || newest === undefined
      ? MISSING
      : `${formatPercent(newest)} so far`;
