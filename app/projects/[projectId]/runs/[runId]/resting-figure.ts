import { MISSING } from '#core/text/format.ts';
import type { Spoken } from '../../../../_text/text.tsx';

/**
 * What stands beside a round's curve while nobody points at it: the figure of the finished round, the same as
 * everywhere else, or the newest quick look, marked as such.
 */
export function restingFigure(
  { t, format }: Spoken,
  metrics: { valAccuracy: number } | null,
  newest: number | null | undefined,
): string {
  if (metrics) return t('runpage.final', { share: format.percent(metrics.valAccuracy) });
  return newest === null || newest === undefined ? MISSING : t('runpage.newest', { share: format.percent(newest) });
}
