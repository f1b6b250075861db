'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChartSpline } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useMemo, useState } from 'react';
import { CLASS_COLOURS } from '#core/project/project.ts';
import type { Translate } from '#core/text/text.ts';
import { useText } from '../../../../_text/text.tsx';
import { OverlayChart } from '../../../../_charts/overlay-chart.tsx';
import type { OverlayLine } from '../../../../_charts/overlay.ts';
import { useHotkeys } from '../../../../_keys/keys.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { classColour } from '../../../../_lib/class-colour.ts';
import { useAnnouncePresence, useEvent } from '../../../../_lib/socket.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Slider } from '../../../../_ui/form/toggles.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { RunsNav } from '../../../../_runs/runs-nav.tsx';
import { useSettled } from '../../../../_runs/use-settled.ts';
import { LineList } from './line-list.tsx';
import { MEASURE_NAMES, MEASURES } from './measures.ts';
import type { Curve, MeasureName } from './measures.ts';
import { RunPicker } from './run-picker.tsx';
import { runWords, roundTitle } from '../../../../_runs/words.tsx';

/** More lines than this are not told apart. */
const LINES_MOST = 24;
/** Runs that are shown before anybody chooses. */
const RUNS_FIRST = 3;
const SETTLE_MS = 3000;

const lineLabel = (t: Translate, curve: Curve): string =>
  `${runWords(t, { number: curve.runNumber, name: curve.runName })}, ${roundTitle(t, curve)}`;

/** Of each run the newest round that is no control arm; of one run alone all its rounds. */
function firstLines(curves: readonly Curve[]): string[] {
  if (new Set(curves.map(({ runId }) => runId)).size < 2) return curves.map(({ id }) => id);
  const last = new Map(curves.filter(({ role }) => role !== 'control').map(({ runId, id }) => [runId, id]));
  return [...last.values()];
}

/** Curves of any runs and rounds over each other. Runs and rounds live in the address, so that it can be sent. */
export function CurvesPage() {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const params = useSearchParams();
  const { project } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const book = useQuery(trpc.run.book.queryOptions({ projectId: project.id, archived: true }));
  const measured = book.data?.filter(({ rounds, archivedAt }) => rounds.length > 0 && archivedAt === null) ?? [];
  const asked = params.get('runs')?.split(',').filter(Boolean);
  const runIds = asked ?? measured.slice(0, RUNS_FIRST).map(({ id }) => id);
  const query = useQuery(
    trpc.run.curves.queryOptions({ projectId: project.id, runIds }, { enabled: runIds.length > 0 }),
  );
  const refresh = useSettled(() => void queryClient.invalidateQueries(trpc.run.curves.pathFilter()), SETTLE_MS);
  useEvent('round:curve', (event) => runIds.includes(event.runId) && refresh());
  useEvent('round:ended', (event) => runIds.includes(event.runId) && refresh());
  useEvent('run:described', refresh);
  useEvent('run:deleted', refresh);

  const curves = useMemo(() => query.data ?? [], [query.data]);
  const chosen = params.get('rounds')?.split(',').filter(Boolean) ?? firstLines(curves);
  // At once, without the server: two quick ticks must not both start from the same address.
  const go = (runs: readonly string[], rounds: readonly string[] | null) => {
    const asking = `runs=${runs.join(',')}${rounds === null ? '' : `&rounds=${rounds.join(',')}`}`;
    window.history.replaceState(null, '', projectHref(project.id, `runs/curves?${asking}`));
  };
  return (
    <Page title={t('runcurves.title')} description={t('runcurves.description')}>
      <RunsNav />
      {book.error && <ErrorState error={book.error} onRetry={() => void book.refetch()} />}
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {book.data && measured.length === 0 && asked === undefined && (
        <EmptyState icon={<ChartSpline size={18} />} title={t('runcurves.none')}>
          {t('runcurves.noneWhy')}
        </EmptyState>
      )}
      {book.data && (measured.length > 0 || asked !== undefined) && (
        <div className="space-y-4">
          <RunPicker runs={book.data} chosen={runIds} onChosen={(next) => go(next, null)} />
          {query.isPending && runIds.length > 0 && <Loading />}
          {runIds.length === 0 && <p className="text-sm text-muted">{t('runcurves.choose')}</p>}
          {query.data && <Overlay curves={curves} chosen={chosen} onChosen={(next) => go(runIds, next)} />}
        </div>
      )}
    </Page>
  );
}

function Overlay({
  curves,
  chosen,
  onChosen,
}: {
  curves: readonly Curve[];
  chosen: readonly string[];
  onChosen: (ids: readonly string[]) => void;
}) {
  const { t, format } = useText();
  const [name, setName] = useState<MeasureName>('accuracy');
  const [weight, setWeight] = useState(0);
  const [whole, setWhole] = useState(false);
  const measure = MEASURES[name];
  const toggleWhole = () => setWhole((before) => !before);
  useHotkeys({ y: measure.share ? toggleWhole : null });
  const wanted = useMemo(() => new Set(chosen), [chosen]);
  const lines = useMemo(() => {
    const shown = curves.filter(({ id }) => wanted.has(id)).slice(0, LINES_MOST);
    return shown.map((curve, at): OverlayLine & { id: string } => ({
      id: curve.id,
      label: lineLabel(t, curve),
      steps: curve.curve.step,
      values: MEASURES[name].read(curve.curve),
      colour: classColour(CLASS_COLOURS[at % CLASS_COLOURS.length] ?? CLASS_COLOURS[0]),
      dashed: curve.role === 'control',
    }));
  }, [curves, wanted, name, t]);
  const drawn = lines.filter(({ values }) => values.some((value) => value !== null));
  return (
    <>
      <Panel>
        <div className="mb-3 flex flex-wrap items-center gap-x-6 gap-y-2">
          <Select
            label={t('runcurves.drawn')}
            className="w-72 max-sm:w-full"
            value={name}
            onChange={setName}
            options={MEASURE_NAMES.map((value) => ({ value, label: t(`runcurves.measure.${value}`) }))}
          />
          <div className="flex items-center gap-3 text-sm text-muted">
            {t('runcurves.smoothing')}
            <span className="w-36 shrink-0">
              <Slider
                label={t('runcurves.smoothing')}
                min={0}
                max={0.95}
                step={0.05}
                value={weight}
                valueText={weight === 0 ? t('runcurves.noSmoothing') : weight.toFixed(2)}
                onChange={setWeight}
              />
            </span>
            <span className="w-10 tabular">{weight === 0 ? t('runcurves.noSmoothing') : weight.toFixed(2)}</span>
          </div>
        </div>
        {drawn.length === 0 ? (
          <p className="py-16 text-center text-sm text-muted" role="status">
            {lines.length === 0
              ? t('runcurves.chooseRounds')
              : t('runcurves.notMeasured', { measure: t(`runcurves.measure.${name}`) })}
          </p>
        ) : (
          <OverlayChart
            label={t(`runcurves.measure.${name}`)}
            xTitle={t('runcurves.step')}
            yTitle={t(`runcurves.axis.${name}`)}
            lines={drawn}
            format={(value) => measure.format(format, value)}
            weight={weight}
            yRange={measure.share && whole ? [0, 1] : null}
            actions={
              measure.share && (
                <Button size="sm" aria-pressed={whole} shortcut="y" onClick={toggleWhole}>
                  0–100%
                </Button>
              )
            }
          />
        )}
        <p className="mt-2 text-xs text-pretty text-muted">
          {t(name === 'accuracy' ? 'runcurves.hintAccuracy' : 'runcurves.hint')}
        </p>
      </Panel>
      <LineList
        curves={curves}
        lines={lines}
        measure={measure}
        chosen={wanted}
        most={LINES_MOST}
        onChosen={(ids) => onChosen(ids)}
      />
    </>
  );
}
