'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Package } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { ModelExportName } from '#core/export/model-export.ts';
import { runTitle } from '#core/book/run-book.ts';
import { roundName } from '#core/run/run.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatBytes, formatRelative } from '../../../../_lib/format.ts';
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

type ModelExport = Outputs['export']['listModels'][number];
const TONES: Record<ModelExport['status'], Tone> = {
  queued: 'neutral',
  running: 'accent',
  ready: 'good',
  failed: 'bad',
};

/** Models of finished rounds, made by a trainer when asked for. */
export function ModelsPanel() {
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
  const chosen = MODEL_CHOICES.find((choice) => choice.value === format);
  return (
    <Panel title="Models" description="Each comes with a model card: data, labels, rounds, figures, hashes." flush>
      {rounds.length === 0 ? (
        <EmptyState
          icon={<Package size={18} />}
          title="No finished round yet"
          className="py-10"
          action={
            may('run:start') && (
              <Button asChild>
                <Link href={projectHref(project.id, 'runs')}>To the runs</Link>
              </Button>
            )
          }
        >
          Once a run has finished a round, its model can be taken along from here.
        </EmptyState>
      ) : (
        may('export:create') && (
          <div className="flex flex-wrap items-start gap-4 px-4 pt-1 pb-4">
            <Field label="Round" className="min-w-56 flex-1">
              <Select value={roundId} onChange={setRound} options={rounds} />
            </Field>
            <Field label="Form" hint={chosen?.about} className="min-w-56 flex-1">
              <Select value={format} onChange={setFormat} options={MODEL_CHOICES} />
            </Field>
            <Button
              variant="primary"
              className="mt-6"
              busy={request.isPending}
              disabled={roundId === null}
              onClick={() => roundId !== null && request.mutate({ projectId: project.id, roundId, format })}
            >
              Make the export
            </Button>
          </div>
        )
      )}
      {models.isPending && <Skeleton className="m-4 h-24" />}
      {models.error && <ErrorState error={models.error} onRetry={() => void models.refetch()} />}
      {models.data && models.data.length > 0 && (
        <Table label="Models">
          <thead>
            <tr>
              <Th>Model</Th>
              <Th>From</Th>
              <Th>Asked for</Th>
              <Th numeric>Size</Th>
              <Th>State</Th>
              <Th>
                <span className="sr-only">Download</span>
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
  const { project } = useProject();
  return (
    <Tr>
      <Td className="font-medium">{one.title}</Td>
      <Td className="whitespace-nowrap text-muted">
        {one.runNumber === null || one.roundIndex === null || one.role === null || one.member === null
          ? '–'
          : `${runTitle({ number: one.runNumber, name: one.runName ?? '' })}, ` +
            `${roundName({ index: one.roundIndex, role: one.role, member: one.member }).toLowerCase()} (${one.model})`}
      </Td>
      <Td className="whitespace-nowrap text-muted">{formatRelative(one.createdAt)}</Td>
      <Td numeric>{one.bytes === null ? '–' : formatBytes(one.bytes)}</Td>
      <Td>
        <Badge tone={TONES[one.status]}>{one.status}</Badge>
        {one.message !== null && <span className="block max-w-64 min-w-44 text-xs text-muted">{one.message}</span>}
      </Td>
      <Td numeric>
        {one.status === 'ready' && (
          <Button asChild size="sm">
            <a href={`/api/projects/${project.id}/exports/${one.id}/file`} download>
              <Download size={13} aria-hidden /> Download
            </a>
          </Button>
        )}
      </Td>
    </Tr>
  );
}
