'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useText } from '../../../_text/text.tsx';
import { readSaid } from '../../../_lib/error.ts';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { formatNumber } from '../../../_lib/format.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { useUpload } from './uploads.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Progress } from '../../../_ui/progress.tsx';
import { Skeleton } from '../../../_ui/spinner.tsx';
import { ErrorState } from '../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { hasTallies, ImportTally } from './import-tally.tsx';
import { ProblemList } from './problem-list.tsx';

/** How far, how fast and how long still; by the server's own times, since the clock here may be another. */
function FetchProgress({ row }: { row: Outputs['image']['imports'][number] }) {
  const { t } = useText();
  const done = row.imported + row.duplicates + row.failed;
  const seconds = (row.beatAt.getTime() - row.createdAt.getTime()) / 1000;
  const rate = done > 0 && seconds > 1 ? done / seconds : null;
  return (
    <Progress
      label={t(row.total === null ? 'data.looking' : 'data.takingIn')}
      done={done}
      total={row.total}
      noun={t('label.images')}
      rate={rate}
      secondsLeft={rate === null || row.total === null ? null : Math.max(0, row.total - done) / rate}
    />
  );
}

/** Earlier imports with what came of them. */
export function ImportList() {
  const { t, format } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const upload = useUpload(project.id);
  const imports = useQuery(trpc.image.imports.queryOptions({ projectId: project.id }));
  const refresh = () => void queryClient.invalidateQueries(trpc.image.imports.queryFilter({ projectId: project.id }));
  useEvent('import:ended', refresh);
  useEvent(
    'image:imported',
    (event) => imports.data?.some((row) => row.id === event.importId && row.source !== 'upload') && refresh(),
  );
  const end = useMutation(trpc.image.endImport.mutationOptions({ onSuccess: refresh }));
  if (imports.isPending) return <Skeleton className="h-32" />;
  if (imports.error) return <ErrorState error={imports.error} onRetry={() => void imports.refetch()} />;
  const rows = imports.data.filter((row) => row.id !== upload?.importId);
  if (rows.length === 0) return null;
  return (
    <Panel title={t('data.earlier')} flush>
      <Table label={t('data.earlier')}>
        <thead>
          <tr>
            <Th>{t('account.name')}</Th>
            <Th>{t('data.when')}</Th>
            <Th numeric>{t('data.new')}</Th>
            <Th numeric>{t('data.alreadyHere')}</Th>
            <Th numeric>{t('data.labeled')}</Th>
            <Th numeric>{t('data.notTaken')}</Th>
            <Th>{t('data.state')}</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.id}>
              <Td className="max-w-72 min-w-44">
                <span className="block truncate font-medium">{row.name}</span>
                {row.status === 'running' && row.source !== 'upload' && (
                  <div className="py-1.5">
                    <FetchProgress row={row} />
                  </div>
                )}
                {row.status === 'failed' && (
                  <span className="block pb-1 text-xs text-muted">
                    {readSaid(row.errors[0]?.said, row.errors[0]?.message ?? '')}
                  </span>
                )}
                {hasTallies(row) && (
                  <details className="py-1.5">
                    <summary className="cursor-pointer text-xs text-muted">{t('data.bySplit')}</summary>
                    <div className="pt-1.5">
                      <ImportTally tallies={row} />
                    </div>
                  </details>
                )}
                {row.failed > 0 && (
                  <div className="py-1.5">
                    <ProblemList
                      problems={row.status === 'failed' ? row.errors.slice(1) : row.errors}
                      total={row.failed}
                    />
                  </div>
                )}
                {row.noted > 0 && (
                  <div className="py-1.5">
                    <ProblemList problems={row.notes} total={row.noted} areTaken />
                  </div>
                )}
              </Td>
              <Td className="whitespace-nowrap text-muted">{format.relative(row.createdAt)}</Td>
              <Td numeric>{formatNumber(row.imported)}</Td>
              <Td numeric>{formatNumber(row.duplicates)}</Td>
              <Td numeric>{formatNumber(row.labeled)}</Td>
              <Td numeric>{formatNumber(row.failed)}</Td>
              <Td>
                {row.status === 'running' ? (
                  <span className="flex items-center gap-2">
                    <Badge tone={row.source !== 'upload' ? 'accent' : 'warn'}>
                      {t(row.source !== 'upload' ? 'data.state.fetching' : 'data.state.open')}
                    </Badge>
                    <Button
                      size="sm"
                      variant="ghost"
                      busy={end.isPending}
                      onClick={() => end.mutate({ projectId: project.id, importId: row.id })}
                    >
                      {t(row.source !== 'upload' ? 'data.stop' : 'common.close')}
                    </Button>
                  </span>
                ) : (
                  <Badge tone={row.status === 'failed' ? 'bad' : 'good'}>
                    {t(row.status === 'failed' ? 'data.state.failed' : 'data.state.done')}
                  </Badge>
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
