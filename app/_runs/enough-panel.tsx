'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { describeOutlook, judgeOutlook } from '#core/run/enough-labels.ts';
import { Said, useText } from '../_text/text.tsx';
import { LineChart } from '../_charts/line-chart.tsx';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { formatNumber, formatPercent } from '../_lib/format.ts';
import { useEvent } from '../_lib/socket.ts';
import { thumbnailUrl } from '../_labeling/media.ts';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { Badge } from '../_ui/badge.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Select } from '../_ui/form/select.tsx';
import { Panel } from '../_ui/panel.tsx';
import { Stat } from '../_ui/stat.tsx';
import { useLive } from './use-live.ts';

type Live = NonNullable<Outputs['insight']['live']>;

const VERDICTS = {
  enough: { tone: 'good', word: 'enough' },
  more: { tone: 'accent', word: 'more' },
  some: { tone: 'neutral', word: 'some' },
  unknown: { tone: 'neutral', word: 'unknown' },
} as const;

/** Have I labeled enough? What the live teacher expects of itself now, and what further labels should bring. */
export function EnoughPanel() {
  const { t } = useText();
  const { project, may } = useProject();
  const live = useLive(project.id).data ?? null;
  const outlook = live?.figures.outlook ?? null;
  const verdict = VERDICTS[judgeOutlook(outlook)];
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          {t('overview.enoughHeading')}{' '}
          {live?.taught && <Badge tone={verdict.tone}>{t(`overview.enough.${verdict.word}`)}</Badge>}
        </span>
      }
      description={t('overview.enoughBy')}
      actions={
        live?.taught &&
        live.figures.sure.some(({ images }) => images > 0) && (
          <Button asChild size="sm">
            <Link href={projectHref(project.id, 'grid')}>{t('overview.confirmSure')}</Link>
          </Button>
        )
      }
    >
      {live?.taught ? (
        <Figures live={live} />
      ) : (
        <p className="text-sm text-muted">
          <Said
            of="overview.enoughEmpty"
            with={{
              link: (
                <Link href={projectHref(project.id, 'label')} className="text-accent-text underline underline-offset-2">
                  {t('overview.startLabeling')}
                </Link>
              ),
            }}
          />
        </p>
      )}
      {live?.taught && may('run:start') && <AcceptAbove sure={live.figures.sure} />}
      {live?.taught && may('prediction:browse') && <Suspects projectId={project.id} />}
    </Panel>
  );
}

function Figures({ live: { labels, figures } }: { live: Live }) {
  const { t } = useText();
  const { pool, validation, curve, outlook, sure } = figures;
  const range = (low: number, high: number): string =>
    t('overview.range', { low: formatPercent(low, 0), high: formatPercent(high, 0) });
  const expected = pool?.value ?? outlook?.now.accuracy ?? 0;
  const x = [...curve.map((point) => point.labels), ...(outlook ? [outlook.next.labels] : [])];
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <div className="space-y-4">
        <p className="text-sm">{describeOutlook(t, outlook, pool)}</p>
        <div className="grid grid-cols-2 gap-x-4 gap-y-3">
          <Stat
            label={t('overview.expectedOnPool')}
            value={pool ? formatPercent(pool.value) : '–'}
            note={
              pool
                ? t('overview.byLabels', { range: range(pool.low, pool.high), count: labels })
                : t('overview.fewLabels')
            }
          />
          <Stat
            label={t('overview.onValidation')}
            value={validation ? formatPercent(validation.value) : '–'}
            note={
              validation
                ? t('overview.byAnswers', { range: range(validation.low, validation.high), count: validation.count })
                : t('overview.noAnswers')
            }
          />
          <Stat
            label={
              outlook
                ? t('overview.moreLabels', { count: outlook.next.labels - outlook.now.labels })
                : t('overview.moreLabelsNone')
            }
            value={outlook ? t('overview.points', { points: `+${(100 * outlook.gain.accuracy).toFixed(1)}` }) : '–'}
            note={
              outlook
                ? t('overview.range', {
                    low: (100 * outlook.gain.interval[0]).toFixed(1),
                    high: (100 * outlook.gain.interval[1]).toFixed(1),
                  })
                : t('overview.knownLater')
            }
          />
          <Stat
            label={t('overview.openSure')}
            value={formatNumber(sure.find(({ from }) => from === 0.95)?.images ?? 0)}
            note={t('overview.gridConfirms')}
          />
        </div>
      </div>
      {curve.length > 1 && (
        <LineChart
          label={t('overview.expectedByLabels')}
          summary={t('overview.expectedSummary')}
          x={x}
          xLabel={t('overview.labels')}
          height={200}
          yRange={[0, 1]}
          series={[
            { label: t('overview.measured'), values: [...curve.map((point) => point.accuracy), null], sparse: true },
            {
              label: t('overview.expected'),
              dashed: true,
              colour: 'var(--color-warn)',
              values: x.map((count) =>
                outlook && count === outlook.next.labels
                  ? expected + outlook.gain.accuracy
                  : outlook && count === curve.at(-1)?.labels
                    ? expected
                    : null,
              ),
              sparse: true,
            },
          ]}
          format={(value) => formatPercent(value)}
        />
      )}
    </div>
  );
}

/** Takes all that it is sure enough of as pseudo-labels of a run; nothing becomes a human label by it. */
function AcceptAbove({ sure }: { sure: Live['figures']['sure'] }) {
  const { t } = useText();
  const { project } = useProject();
  const choices = sure.filter(({ images }) => images > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const first = choices.find(({ from }) => from === 0.95) ?? choices[0];
  if (!first) return null;
  const above = chosen ?? String(first.from);
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-4 text-sm">
      <span>{t('overview.acceptAbove')}</span>
      <Select
        size="sm"
        label={t('overview.confidence')}
        className="w-44"
        value={above}
        onChange={setChosen}
        options={choices.map(({ from, images }) => ({
          value: String(from),
          label: t('overview.sure', { share: formatPercent(from, 0) }),
          hint: t('overview.openImages', { count: images }),
        }))}
      />
      <Button asChild size="sm">
        <Link href={projectHref(project.id, `runs/new?accept=${above}`)}>{t('overview.teachWith')}</Link>
      </Button>
      <span className="text-xs text-pretty text-muted">{t('overview.acceptWhy')}</span>
    </div>
  );
}

/** Labels that a model which never saw them contradicts: worth a second look, never changed by machine. */
function Suspects({ projectId }: { projectId: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { classById } = useProject();
  const suspects = useQuery(trpc.insight.liveSuspects.queryOptions({ projectId }));
  useEvent('teacher:refitted', () => void suspects.refetch());
  const rows = suspects.data ?? [];
  if (rows.length === 0) return null;
  const nameOf = (id: string): string => classById.get(id)?.name ?? t('overview.anotherClass');
  return (
    <details className="mt-4">
      <summary className="cursor-pointer text-sm">{t('overview.suspects', { count: rows.length })}</summary>
      <ul className="mt-2 grid grid-cols-3 gap-2 sm:grid-cols-6 lg:grid-cols-10">
        {rows.slice(0, 30).map((row) => (
          <li key={row.imageId} className="min-w-0 text-xs">
            <Link href={projectHref(projectId, `images/${row.imageId}`)}>
              <img
                src={thumbnailUrl(projectId, row.imageId)}
                alt={t('overview.labeledAs', { class: nameOf(row.givenClassId) })}
                className="aspect-square w-full rounded object-cover"
              />
              <span className="block truncate">{nameOf(row.givenClassId)}</span>
              <span className="block truncate text-muted">
                {t('overview.orSuggested', {
                  class: nameOf(row.suggestedClassId),
                  confidence: formatPercent(row.confidence, 0),
                })}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
