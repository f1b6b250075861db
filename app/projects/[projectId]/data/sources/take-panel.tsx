'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProposalChoice } from '#core/proposal/propose.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPCClient } from '../../../../_lib/api.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Panel } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { ErrorState } from '../../../../_ui/states.tsx';
import { ProposalPanel } from '../proposal-panel.tsx';
import type { Source } from './words.ts';

/** What is there lies with the server: no picture of it can be read from this disk. */
const unread = (): null => null;

/** How what is at a source is understood, before its first images are taken; later ones are read the same way. */
export function TakePanel({
  source,
  busy,
  onTake,
  onClose,
}: {
  source: Source;
  busy: boolean;
  onTake: (choice: ProposalChoice) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  const { project } = useProject();
  const client = useTRPCClient();
  const [choice, setChoice] = useState<ProposalChoice>(source.choice);
  const proposed = useQuery({
    queryKey: ['source-proposal', source.id, source.syncedAt, choice],
    queryFn: () =>
      client.source.propose.mutate({
        projectId: project.id,
        sourceId: source.id,
        layout: choice.layout,
        names: { ...choice.names },
      }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
  if (proposed.error) return <ErrorState error={proposed.error} onRetry={() => void proposed.refetch()} />;
  if (proposed.data === undefined)
    return (
      <Panel>
        <Loading label={t('sources.reading')} />
      </Panel>
    );
  const { classes, ...rest } = proposed.data;
  return (
    <ProposalPanel
      name={source.name}
      proposal={{ ...rest, classes: classes.map((one) => ({ ...one, samples: [] })) }}
      choice={choice}
      choosable
      read={unread}
      busy={busy}
      onChoice={setChoice}
      onAccept={() => onTake({ layout: rest.layout, names: choice.names })}
      onDrop={onClose}
    />
  );
}
