import { roundName } from '#core/run/run.ts';
import { LineChart } from '../_charts/line-chart.tsx';
import type { Outputs } from '../_lib/api.ts';
import { formatPercent } from '../_lib/format.ts';
import { MODEL_WORDS } from './words.tsx';

/** Accuracy by human labels: what labels alone bring, and the best rounds that self-training made of them. */
export function GainCurve({ gain, height }: { gain: Outputs['insight']['gain']; height: number }) {
  const { points, kind, best } = gain;
  if (points.length === 0)
    return <p className="text-sm text-muted">The learning curve starts with the first measured round.</p>;
  const alone = kind && {
    label: `labels alone (${kind.role === 'control' ? 'control arm' : 'teacher'}, ${MODEL_WORDS[kind.model]})`,
    colour: 'var(--color-warn)',
    dashed: true,
    values: points.map((point) => point.alone),
    interval: points.map(({ interval }) => interval),
    sparse: true,
  };
  return (
    <LineChart
      label="Validation accuracy by human labels"
      summary={
        'The gain for labels follows the nets that learned from labels alone; the band is their 95% Wilson ' +
        'interval.'
      }
      x={points.map(({ labels }) => labels)}
      xLabel="Labels"
      height={height}
      yRange={[0, 1]}
      series={[
        {
          label: 'best round',
          values: points.map((point) => point.best),
          sparse: true,
          // The newest point may be a run that has just begun: at rest the legend names the best of all.
          ...(best && {
            resting: `${formatPercent(best.accuracy)} (run ${best.runNumber}, ${roundName(best).toLowerCase()})`,
          }),
        },
        ...(alone ? [alone] : []),
      ]}
      format={(value) => formatPercent(value)}
    />
  );
}
