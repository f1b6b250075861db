import { roundWords } from '../_labeling/round-words.ts';
import { useText } from '../_text/text.tsx';
import { LineChart } from '../_charts/line-chart.tsx';
import type { LineSeries } from '../_charts/line-canvas.tsx';
import type { Outputs } from '../_lib/api.ts';
import { formatPercent } from '../_lib/format.ts';
import { useProject } from '../_shell/project.tsx';
import { linkLine } from './words/link-words.ts';
import { useBackboneNames } from './use-backbone-names.ts';
import { modelWords } from './words.tsx';

const COLOURS = ['var(--color-accent)', 'var(--color-good)', 'var(--color-ink)', 'var(--color-faint)'];

/** Accuracy by human labels: what labels alone bring, and what runs ended with, a line for each set-up. */
export function GainCurve({ gain, height }: { gain: Outputs['insight']['gain']; height: number }) {
  const { t } = useText();
  const { project } = useProject();
  const names = useBackboneNames(project.id);
  const { points, chains, kind, best } = gain;
  const labels = [...new Set([...points, ...chains.flatMap((line) => line.points)].map((point) => point.labels))].sort(
    (a, b) => a - b,
  );
  if (labels.length === 0) return <p className="text-sm text-muted">{t('overview.curveEmpty')}</p>;
  const lines = chains.map(({ chain, points: own }, at): LineSeries => {
    const byLabels = new Map(own.map((point) => [point.labels, point.accuracy]));
    return {
      label: linkLine(t, chain, names),
      colour: COLOURS[at % COLOURS.length] ?? 'var(--color-accent)',
      values: labels.map((count) => byLabels.get(count) ?? null),
      sparse: true,
    };
  });
  const alone = new Map(points.map((point) => [point.labels, point]));
  const control: LineSeries[] = kind
    ? [
        {
          label: t(kind.role === 'control' ? 'overview.aloneControl' : 'overview.aloneTeacher', {
            model: modelWords(t, kind, names),
          }),
          colour: 'var(--color-warn)',
          dashed: true,
          values: labels.map((count) => alone.get(count)?.alone ?? null),
          interval: labels.map((count) => alone.get(count)?.interval ?? null),
          sparse: true,
        },
      ]
    : [];
  return (
    <div className="min-w-0">
      <LineChart
        label={t('overview.curve')}
        summary={t('overview.curveSummary')}
        x={labels}
        xLabel={t('overview.labels')}
        height={height}
        yRange={[0, 1]}
        series={[...lines, ...control]}
        format={(value) => formatPercent(value)}
      />
      {best && (
        <p className="mt-1 text-xs text-muted">
          {t('overview.best', {
            accuracy: formatPercent(best.accuracy),
            labels: best.labels,
            run: best.runNumber,
            round: roundWords(t, best),
          })}
        </p>
      )}
    </div>
  );
}
