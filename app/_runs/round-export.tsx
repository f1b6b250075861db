'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, PackageOpen } from 'lucide-react';
import { useState } from 'react';
import { MODEL_EXPORT_NAMES, MODEL_EXPORTS } from '#core/export/model-export.ts';
import type { ModelExportName } from '#core/export/model-export.ts';
import { useTRPC } from '../_lib/api.ts';
import { useEvent } from '../_lib/socket.ts';
import { useText } from '../_text/text.tsx';
import { useProject } from '../_shell/project.tsx';
import { Badge } from '../_ui/badge.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Panel } from '../_ui/panel.tsx';
import { Select } from '../_ui/form/select.tsx';
import { Loading } from '../_ui/spinner.tsx';
import { ErrorState } from '../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../_ui/table.tsx';
import { readStored } from '../_lib/error.ts';

export const exportHref = (projectId: string, exportId: string): string =>
  `/api/projects/${projectId}/exports/${exportId}/file`;

/** Exports of a project's models, kept fresh while trainers make them. */
export function useModelExports() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const exports = useQuery(
    trpc.export.listModels.queryOptions({ projectId: project.id }, { enabled: may('export:read') }),
  );
  const refresh = () =>
    void queryClient.invalidateQueries(trpc.export.listModels.queryFilter({ projectId: project.id }));
  useEvent('export:ready', refresh);
  return { exports, refresh };
}

/** One click to the usual format: asks for it unless it is there already, then shows where it will appear. */
export function ExportButton({ roundId, onAsked }: { roundId: string; onAsked: () => void }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const { exports, refresh } = useModelExports();
  const request = useMutation(trpc.export.requestModel.mutationOptions({ onSuccess: refresh }));
  const has =
    exports.data?.some((row) => row.roundId === roundId && row.format === 'tfjs-layers' && row.status !== 'failed') ??
    false;
  const ask = () => {
    if (!has) request.mutate({ projectId: project.id, roundId, format: 'tfjs-layers' });
    onAsked();
  };
  return (
    <Button size="sm" icon={<PackageOpen size={14} aria-hidden />} disabled={exports.isPending} onClick={ask}>
      {t('runround.exportModel')}
    </Button>
  );
}

/**
 * The model of a round in every format that other tools load; a trainer makes it, the link appears when it is ready.
 */
export function RoundExport({ roundId }: { roundId: string }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project, may } = useProject();
  const [chosen, setChosen] = useState<ModelExportName>('tfjs-layers');
  const { exports, refresh } = useModelExports();
  const request = useMutation(trpc.export.requestModel.mutationOptions({ onSuccess: refresh }));
  const rows = exports.data?.filter((row) => row.roundId === roundId) ?? [];
  return (
    <Panel
      title={t('runround.elsewhere')}
      description={t('runround.elsewhereWhy')}
      flush
      actions={
        may('export:create') && (
          <>
            <Select
              size="sm"
              label={t('runround.format')}
              className="w-60"
              value={chosen}
              onChange={setChosen}
              options={MODEL_EXPORT_NAMES.map((value) => ({ value, label: MODEL_EXPORTS[value].title }))}
            />
            <Button
              size="sm"
              variant="primary"
              busy={request.isPending}
              onClick={() => request.mutate({ projectId: project.id, roundId, format: chosen })}
            >
              {t('runround.export')}
            </Button>
          </>
        )
      }
    >
      {exports.isPending && <Loading />}
      {exports.error && <ErrorState error={exports.error} onRetry={() => void exports.refetch()} />}
      {exports.data && rows.length === 0 && <p className="px-4 pb-4 text-sm text-muted">{t('runround.noExport')}</p>}
      {rows.length > 0 && (
        <Table label={t('runround.exportsOf')}>
          <thead>
            <tr>
              <Th>{t('runround.format')}</Th>
              <Th>{t('runround.status')}</Th>
              <Th numeric>{t('runround.size')}</Th>
              <Th>{'SHA-256'}</Th>
              <Th>{t('runround.asked')}</Th>
              <Th>
                <span className="sr-only">{t('runround.download')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Tr key={row.id}>
                <Td>{row.title}</Td>
                <Td>
                  <Badge tone={row.status === 'ready' ? 'good' : row.status === 'failed' ? 'bad' : 'accent'}>
                    {t(`runround.state.${row.status}`)}
                  </Badge>
                  {row.message !== null && (
                    <span className="block min-w-44 max-w-72 text-xs text-pretty text-muted">
                      {readStored(row.said, row.message)}
                    </span>
                  )}
                </Td>
                <Td numeric className="tabular">
                  {row.bytes === null ? '–' : format.bytes(row.bytes)}
                </Td>
                <Td className="font-mono text-2xs text-muted">{row.sha256?.slice(0, 16) ?? '–'}</Td>
                <Td className="whitespace-nowrap text-muted">{format.relative(row.createdAt)}</Td>
                <Td numeric>
                  {row.status === 'ready' && (
                    <Button asChild size="sm">
                      <a href={exportHref(project.id, row.id)} download>
                        <Download size={13} aria-hidden /> {t('runround.download')}
                      </a>
                    </Button>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
