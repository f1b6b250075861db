import type { RoundMetrics } from '#core/run/learning.ts';
import type { MeasuredExport } from './measure-export.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/**
 * What stands beside an export whose card says other figures than the pages do: both, and why. Null where they agree or
 * nothing was measured.
 * @param mirrors does the round look at mirror images too?
 */
export function noteExport(
  measured: MeasuredExport,
  metrics: Pick<RoundMetrics, 'valAccuracy' | 'valCount' | 'temperature'> | null,
  { mirrors, quantisation }: { mirrors: boolean; quantisation: string },
): string | null {
  const [figure] = measured.figures;
  if (!figure || measured.temperature === null || !metrics || !(metrics.valCount > 0)) return null;
  const [ours, theirs] = [metrics, { valAccuracy: figure.value, temperature: measured.temperature }].map(
    ({ valAccuracy, temperature }) => `${percent(valAccuracy)} with T ${temperature.toFixed(2)}`,
  );
  if (ours === theirs) return null;
  const reasons = [
    mirrors && 'they average each image with its mirror image',
    quantisation !== 'none' && `they know the weights before these were rounded to ${quantisation}`,
    metrics.valCount !== figure.count && `they rest on the ${metrics.valCount} images answered by then`,
  ].filter((reason) => reason !== false);
  return (
    `This file, one look at each of ${figure.count} validation images: ${theirs}; pages say ` +
    `${ours}${reasons.length > 0 ? `, for ${reasons.join(' and ')}` : ''}.`
  );
}
