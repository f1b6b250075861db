'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChartSpline, Download, Plus } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useDeferredValue, useMemo, useState } from 'react';
import { MLFLOW_MOST } from '#core/book/limits.ts';
import { bookColumns, bookCsv, searchRuns, sortRuns } from '#core/book/book-table.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { saveFile } from '../../../_lib/clipboard.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { useText } from '../../../_text/text.tsx';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Input } from '../../../_ui/form/field.tsx';
import { Switch } from '../../../_ui/form/toggles.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { RunsNav } from '../../../_runs/runs-nav.tsx';
import { useBackboneNames } from '../../../_runs/use-backbone-names.ts';
import { useSettled } from '../../../_runs/use-settled.ts';
import { BookTable } from './book-table.tsx';
import { ChosenRuns } from './chosen-runs.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { SweepPanel } from './sweep-panel.tsx';
import { useBookView } from './use-book-view.ts';
import { runWords } from '../../../_runs/words.tsx';

const SETTLE_MS = 200;

/** Every run of the project as a bench book: found, sorted, chosen from, laid beside each other. */
export function RunsPage() {
  const { t, locale } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, classById, may } = useProject();
  useAnnouncePresence(project.id, 'runs', null);
  const [archived, setArchived] = useState(false);
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const book = useQuery(trpc.run.book.queryOptions({ projectId: project.id, archived }));
  const refresh = useSettled(() => void queryClient.invalidateQueries(trpc.run.book.pathFilter()), SETTLE_MS);
  useEvent('run:changed', refresh);
  useEvent('round:ended', refresh);
  useEvent('run:described', refresh);
  useEvent('run:deleted', refresh);
  const backbones = useBackboneNames(project.id);
  const names = useMemo(
    () => ({ backbones, classes: new Map([...classById].map(([id, { name }]) => [id, name])) }),
    [backbones, classById],
  );
  const sweepId = useSearchParams().get('sweep');
  const runs = useMemo(
    () => (book.data ?? []).filter((run) => sweepId === null || run.sweepId === sweepId),
    [book.data, sweepId],
  );
  const columns = useMemo(() => bookColumns(runs, names), [runs, names]);
  const view = useBookView(sweepId === null ? project.id : `${project.id} sweep`, columns, sweepId !== null);
  const { sort } = view;
  const shown = useMemo(
    () =>
      sortRuns(
        searchRuns(runs, wanted, (run) => runWords(t, run)),
        columns,
        sort,
        locale,
      ),
    [runs, wanted, columns, sort, t, locale],
  );
  const picked = shown.filter(({ id }) => chosen.has(id));
  const start = may('run:start') && (
    <Button variant="primary" asChild>
      <Link href={projectHref(project.id, 'runs/new')}>
        <Plus size={15} aria-hidden /> {t('runbook.new')}
      </Link>
    </Button>
  );
  const nothing = book.data?.length === 0 && !archived;
  return (
    <Page title={t('runbook.title')} description={t('runbook.description')} actions={start}>
      <RunsNav />
      {book.isPending && <Loading />}
      {book.error && <ErrorState error={book.error} onRetry={() => void book.refetch()} />}
      {nothing && (
        <EmptyState
          icon={<ChartSpline size={18} />}
          title={t('runbook.none')}
          action={
            <span className="flex flex-wrap justify-center gap-2">
              {start}
              <Button onClick={() => setArchived(true)}>{t('runbook.showArchived')}</Button>
            </span>
          }
        >
          {t('runbook.noneWhy')}
        </EmptyState>
      )}
      {book.data !== undefined && !nothing && (
        <div className="space-y-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Input
              type="search"
              aria-label={t('runbook.find')}
              placeholder={t('runbook.findHint')}
              className="w-64 max-sm:w-full"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            <span className="flex items-center gap-2 text-sm text-muted">
              <Switch label={t('runbook.showArchived')} checked={archived} onChange={setArchived} />
              <span aria-hidden>{t('runbook.archivedToo')}</span>
            </span>
            <span className="ml-auto flex flex-wrap gap-2">
              <ColumnChoice columns={columns} names={names} view={view} />
              <Button
                size="sm"
                icon={<Download size={13} aria-hidden />}
                disabled={shown.length === 0}
                onClick={() =>
                  saveFile(`${project.name} runs.csv`, bookCsv(picked.length > 0 ? picked : shown, columns), 'text/csv')
                }
              >
                {picked.length > 0 ? t('runbook.csvOf', { count: picked.length }) : 'CSV'}
              </Button>
              {may('export:read') && shown.length > 0 && (
                <Button size="sm" asChild>
                  <a
                    download
                    href={mlflowHref(
                      project.id,
                      picked.length > 0 ? picked : wanted === '' && !archived && sweepId === null ? [] : shown,
                    )}
                  >
                    <Download size={13} aria-hidden />{' '}
                    {picked.length > 0 ? t('runbook.mlflowOf', { count: picked.length }) : 'MLflow'}
                  </a>
                </Button>
              )}
            </span>
          </div>
          {sweepId !== null && runs.length > 0 && <SweepPanel sweepId={sweepId} runs={runs} />}
          {picked.length > 0 && <ChosenRuns runs={picked} names={names} onClear={() => setChosen(new Set())} />}
          <Panel flush>
            <BookTable
              runs={shown}
              columns={view.visible}
              names={names}
              sort={sort}
              onSort={view.sortBy}
              chosen={chosen}
              onChosen={setChosen}
              onTag={setSearch}
            />
            {shown.length === 0 && (
              <p className="px-4 py-6 text-sm text-muted" role="status">
                {t('runbook.noMatch', { search })}
              </p>
            )}
          </Panel>
          <p className="text-xs text-pretty text-muted">{t('runbook.figuresWhy')}</p>
        </div>
      )}
    </Page>
  );
}

/** These runs, or all that are not archived, as a folder for MLflow. */
const mlflowHref = (projectId: string, runs: readonly { id: string }[]): string => {
  const ids = runs.slice(0, MLFLOW_MOST).map(({ id }) => id);
  return `/api/projects/${projectId}/runs/mlflow${ids.length === 0 ? '' : `?runs=${ids.join(',')}`}`;
};
