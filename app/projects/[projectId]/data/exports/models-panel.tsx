'use client';
import { roundWords } from '../../../../_labeling/round-words.ts';
import { runWords } from '../../../../_runs/words.tsx';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Package } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { ModelExportName } from '#core/export/model-export.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatBytes } from '../../../../_lib/format.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Badge } from '../../../../_ui/badge.tsx';
import type { Tone } from '../../../../_ui/badge.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field } from '../../../../_ui/form/field.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Skeleton } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { useRoundChoices } from '../use-rounds.ts';
import { MODEL_CHOICES } from './choices.ts';
import { readStored } from '../../../../_lib/error.ts';

type ModelExport = Outputs['export']['listModels'][number];
const TONES: Record<ModelExport['status'], Tone> = {
  queued: 'neutral',
  running: 'accent',
  ready: 'good',
  failed: 'bad',
};

/** Models of finished rounds, made by a trainer when asked for. */
export function ModelsPanel() {
  const { t } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rounds = useRoundChoices();
  const [round, setRound] = useState(useSearchParams().get('round'));
  const [format, setFormat] = useState<ModelExportName>('tfjs-layers');
  const models = useQuery(trpc.export.listModels.queryOptions({ projectId: project.id }));
  const refresh = () =>
    void queryClient.invalidateQueries(trpc.export.listModels.queryFilter({ projectId: project.id }));
  useEvent('export:ready', refresh);
  const request = useMutation(trpc.export.requestModel.mutationOptions({ onSuccess: refresh }));
  // Until one is chosen: the one that the address names, the newest final model, the newest round.
  const roundId =
    (rounds.find(({ value }) => value === round) ?? rounds.find(({ isFinal }) => isFinal) ?? rounds[0])?.value ?? null;
  return (
    <Panel title={t('exports.models')} description={t('exports.modelsWhy')} flush>
      {rounds.length === 0 ? (
        <EmptyState
          icon={<Package size={18} />}
          title={t('exports.noRound')}
          className="py-10"
          action={
            may('run:start') && (
              <Button asChild>
                <Link href={projectHref(project.id, 'runs')}>{t('exports.toRuns')}</Link>
              </Button>
            )
          }
        >
          {t('exports.noRoundWhy')}
        </EmptyState>
      ) : (
        may('export:create') && (
          <div className="flex flex-wrap items-start gap-4 px-4 pt-1 pb-4">
            <Field label={t('exports.round')} className="min-w-56 flex-1">
              <Select value={roundId} onChange={setRound} options={rounds} />
            </Field>
            <Field label={t('exports.form')} hint={t(`exports.form.${format}`)} className="min-w-56 flex-1">
              <Select
                value={format}
                onChange={setFormat}
                options={MODEL_CHOICES.map(({ value, label = t('exports.page') }) => ({ value, label }))}
              />
            </Field>
            <Button
              variant="primary"
              className="mt-6"
              busy={request.isPending}
              disabled={roundId === null}
              onClick={() => roundId !== null && request.mutate({ projectId: project.id, roundId, format })}
            >
              {t('exports.make')}
            </Button>
          </div>
        )
      )}
      {models.isPending && <Skeleton className="m-4 h-24" />}
      {models.error && <ErrorState error={models.error} onRetry={() => void models.refetch()} />}
      {models.data && models.data.length > 0 && (
        <Table label={t('exports.models')}>
          <thead>
            <tr>
              <Th>{t('exports.model')}</Th>
              <Th>{t('exports.from')}</Th>
              <Th>{t('exports.askedFor')}</Th>
              <Th numeric>{t('exports.size')}</Th>
              <Th>{t('exports.state')}</Th>
              <Th>
                <span className="sr-only">{t('exports.downloadFile')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {models.data.map((one) => (
              <ModelRow key={one.id} one={one} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function ModelRow({ one }: { one: ModelExport }) {
  const { t, format } = useText();
  const { project } = useProject();
  return (
    <Tr>
      <Td className="font-medium">{one.title}</Td>
      <Td className="whitespace-nowrap text-muted">
        {one.runNumber === null || one.roundIndex === null || one.role === null || one.member === null
          ? '–'
          : `${runWords(t, { number: one.runNumber, name: one.runName ?? '' })}, ` +
            `${roundWords(t, { index: one.roundIndex, role: one.role, member: one.member })} (${one.model})`}
      </Td>
      <Td className="whitespace-nowrap text-muted">{format.relative(one.createdAt)}</Td>
      <Td numeric>{one.bytes === null ? '–' : formatBytes(one.bytes)}</Td>
      <Td>
        <Badge tone={TONES[one.status]}>{t(`exports.status.${one.status}`)}</Badge>
        {one.message !== null && (
          <span className="block max-w-64 min-w-44 text-xs text-muted">{readStored(one.said, one.message)}</span>
        )}
      </Td>
      <Td numeric>
        {one.status === 'ready' && (
          <Button asChild size="sm">
            <a href={`/api/projects/${project.id}/exports/${one.id}/file`} download>
              <Download size={13} aria-hidden /> {t('exports.downloadFile')}
            </a>
          </Button>
        )}
      </Td>
    </Tr>
  );
}
