'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChartSpline, ListX } from 'lucide-react';
import Link from 'next/link';
import { OVERLAY_MOST } from '#core/book/limits.ts';
import type { BookRun } from '#core/book/book-table.ts';
import { isRunEnded } from '#core/run/run.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { useText } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Progress } from '../../../_ui/progress.tsx';

/** Runs that were started as one: how far they are, how long it takes at their pace, and a way to stop them all. */
export function SweepPanel({ sweepId, runs }: { sweepId: string; runs: readonly BookRun[] }) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const stop = useMutation(
    trpc.run.stopSweep.mutationOptions({ onSettled: () => queryClient.invalidateQueries(trpc.run.pathFilter()) }),
  );
  const ended = runs.filter(({ status }) => isRunEnded(status));
  const left = runs.length - ended.length;
  const name = runs[0]?.tags[0];
  return (
    <Panel
      title={name === undefined ? t('runbook.sweep') : t('runbook.sweepNamed', { name })}
      actions={
        <span className="flex flex-wrap gap-2">
          <Button asChild size="sm">
            <Link
              href={projectHref(
                project.id,
                `runs/curves?runs=${runs
                  .slice(0, OVERLAY_MOST)
                  .map(({ id }) => id)
                  .join(',')}`,
              )}
            >
              <ChartSpline size={13} aria-hidden /> {t('runbook.curves')}
            </Link>
          </Button>
          {may('run:control') && left > 0 && (
            <Button
              size="sm"
              variant="danger-quiet"
              icon={<ListX size={13} aria-hidden />}
              busy={stop.isPending}
              onClick={() => stop.mutate({ projectId: project.id, sweepId })}
            >
              {t('runbook.stopAll')}
            </Button>
          )}
          <Button asChild size="sm" variant="ghost">
            <Link href={projectHref(project.id, 'runs')}>{t('runbook.allRuns')}</Link>
          </Button>
        </span>
      }
    >
      <Progress
        label={t('runbook.ended')}
        done={ended.length}
        total={runs.length}
        noun={t('runbook.runs')}
        secondsLeft={left > 0 ? secondsLeft(runs) : null}
      />
    </Panel>
  );
}

/** What is left at the mean time of those that finished; null before one did. */
function secondsLeft(runs: readonly BookRun[]): number | null {
  const times = runs.flatMap(({ status, startedAt, endedAt }) =>
    status === 'finished' && startedAt && endedAt ? [(endedAt.getTime() - startedAt.getTime()) / 1000] : [],
  );
  const left = runs.filter(({ status }) => !isRunEnded(status)).length;
  return times.length === 0 ? null : (left * times.reduce((sum, time) => sum + time, 0)) / times.length;
}
