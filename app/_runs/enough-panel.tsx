'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { describeOutlook, judgeOutlook } from '#core/run/enough-labels.ts';
import { LineChart } from '../_charts/line-chart.tsx';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { formatNumber, formatPercent, plural } from '../_lib/format.ts';
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
  enough: { tone: 'good', words: 'enough for this model' },
  more: { tone: 'accent', words: 'label on' },
  some: { tone: 'neutral', words: 'maybe' },
  unknown: { tone: 'neutral', words: 'too early to say' },
} as const;

/** Have I labeled enough? What the live teacher expects of itself now, and what further labels should bring. */
export function EnoughPanel() {
  const { project, may } = useProject();
  const live = useLive(project.id).data ?? null;
  const outlook = live?.figures.outlook ?? null;
  const verdict = VERDICTS[judgeOutlook(outlook)];
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          Have I labeled enough? {live?.taught && <Badge tone={verdict.tone}>{verdict.words}</Badge>}
        </span>
      }
      description="By the model that learns with you: each label is judged by a model that did not see it."
      actions={
        live?.taught &&
        live.figures.sure.some(({ images }) => images > 0) && (
          <Button asChild size="sm">
            <Link href={projectHref(project.id, 'grid')}>Confirm what it is sure of</Link>
          </Button>
        )
      }
    >
      {live?.taught ? (
        <Figures live={live} />
      ) : (
        <p className="text-sm text-muted">
          Label images of two classes: from then on a model learns with you, within seconds of each answer, and tells
          here how good it is and what more labels would bring.{' '}
          <Link href={projectHref(project.id, 'label')} className="text-accent-text underline underline-offset-2">
            Start labeling
          </Link>
        </p>
      )}
      {live?.taught && may('run:start') && <AcceptAbove sure={live.figures.sure} />}
      {live?.taught && may('prediction:browse') && <Suspects projectId={project.id} />}
    </Panel>
  );
}

function Figures({ live: { labels, figures } }: { live: Live }) {
  const { pool, validation, curve, outlook, sure } = figures;
  const range = (low: number, high: number): string => `${formatPercent(low, 0)} to ${formatPercent(high, 0)}`;
  const expected = pool?.value ?? outlook?.now.accuracy ?? 0;
  const x = [...curve.map((point) => point.labels), ...(outlook ? [outlook.next.labels] : [])];
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <div className="space-y-4">
        <p className="text-sm">{describeOutlook(outlook, pool)}</p>
        <div className="grid grid-cols-2 gap-x-4 gap-y-3">
          <Stat
            label="Expected on the pool"
            value={pool ? formatPercent(pool.value) : '–'}
            note={pool ? `${range(pool.low, pool.high)}, by ${plural(labels, 'label')}` : 'a few labels of each class'}
          />
          <Stat
            label="On validation"
            value={validation ? formatPercent(validation.value) : '–'}
            note={
              validation
                ? `${range(validation.low, validation.high)}, ${plural(validation.count, 'answer')}`
                : 'no answers there yet'
            }
          />
          <Stat
            label={outlook ? `${outlook.next.labels - outlook.now.labels} more labels` : 'More labels'}
            value={outlook ? `+${(100 * outlook.gain.accuracy).toFixed(1)} points` : '–'}
            note={
              outlook
                ? `${(100 * outlook.gain.interval[0]).toFixed(1)} to ${(100 * outlook.gain.interval[1]).toFixed(1)}`
                : 'known from a few more labels'
            }
          />
          <Stat
            label="Open, and 95% sure"
            value={formatNumber(sure.find(({ from }) => from === 0.95)?.images ?? 0)}
            note="images a grid can confirm"
          />
        </div>
      </div>
      {curve.length > 1 && (
        <LineChart
          label="Expected accuracy by labels"
          summary="Each point: the model taught on so many of the labels, judged on the others."
          x={x}
          xLabel="Labels"
          height={200}
          yRange={[0, 1]}
          series={[
            { label: 'measured', values: [...curve.map((point) => point.accuracy), null], sparse: true },
            {
              label: 'expected',
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
  const { project } = useProject();
  const choices = sure.filter(({ images }) => images > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const first = choices.find(({ from }) => from === 0.95) ?? choices[0];
  if (!first) return null;
  const above = chosen ?? String(first.from);
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-4 text-sm">
      <span>Accept all above</span>
      <Select
        size="sm"
        label="Confidence"
        className="w-44"
        value={above}
        onChange={setChosen}
        options={choices.map(({ from, images }) => ({
          value: String(from),
          label: `${formatPercent(from, 0)} sure`,
          hint: plural(images, 'open image'),
        }))}
      />
      <Button asChild size="sm">
        <Link href={projectHref(project.id, `runs/new?accept=${above}`)}>Teach a student with them</Link>
      </Button>
      <span className="text-xs text-pretty text-muted">
        They become pseudo-labels of a run, class by class in balance; no image gets a human label.
      </span>
    </div>
  );
}

/** Labels that a model which never saw them contradicts: worth a second look, never changed by machine. */
function Suspects({ projectId }: { projectId: string }) {
  const trpc = useTRPC();
  const { classById } = useProject();
  const suspects = useQuery(trpc.insight.liveSuspects.queryOptions({ projectId }));
  useEvent('teacher:refitted', () => void suspects.refetch());
  const rows = suspects.data ?? [];
  if (rows.length === 0) return null;
  const nameOf = (id: string): string => classById.get(id)?.name ?? 'another class';
  return (
    <details className="mt-4">
      <summary className="cursor-pointer text-sm">{plural(rows.length, 'label')} worth a second look</summary>
      <ul className="mt-2 grid grid-cols-3 gap-2 sm:grid-cols-6 lg:grid-cols-10">
        {rows.slice(0, 30).map((row) => (
          <li key={row.imageId} className="min-w-0 text-xs">
            <Link href={projectHref(projectId, `images/${row.imageId}`)}>
              <img
                src={thumbnailUrl(projectId, row.imageId)}
                alt={`Labeled ${nameOf(row.givenClassId)}`}
                className="aspect-square w-full rounded object-cover"
              />
              <span className="block truncate">{nameOf(row.givenClassId)}</span>
              <span className="block truncate text-muted">
                or {nameOf(row.suggestedClassId)}, {formatPercent(row.confidence, 0)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
