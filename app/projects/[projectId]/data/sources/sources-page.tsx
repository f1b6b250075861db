'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { FolderSync, Plus } from 'lucide-react';
import { useState } from 'react';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Page } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState, Notice } from '../../../../_ui/states.tsx';
import { AddSource } from './add-source.tsx';
import { SourceCard } from './source-card.tsx';

/** While a source is at work figures are asked for this often, also when nothing is announced, ms. */
const ASK_MS = 3000;

/** Places that images keep coming from. */
export function SourcesPage() {
  const { t } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const sources = useQuery(
    trpc.source.list.queryOptions(
      { projectId: project.id },
      {
        enabled: may('image:import'),
        refetchInterval: ({ state }) => (state.data?.sources.some(({ work }) => work !== 'idle') ? ASK_MS : false),
      },
    ),
  );
  useEvent('source:changed', () => void queryClient.invalidateQueries(trpc.source.pathFilter()));
  if (!may('image:import'))
    return (
      <EmptyState isPage title={t('data.leadsBring')}>
        {t('sources.askLead')}
      </EmptyState>
    );
  const add = (
    <Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
      {t('sources.add')}
    </Button>
  );
  const rests = project.status === 'archived';
  const rows = sources.data?.sources ?? [];
  return (
    <Page title={t('data.sources')} description={t('sources.description')} actions={rows.length > 0 && add}>
      {sources.isPending && <Loading />}
      {sources.error && <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />}
      {sources.data && rows.length === 0 && (
        <EmptyState icon={<FolderSync size={18} />} title={t('sources.none')} action={add}>
          {t('sources.noneWhy')}
        </EmptyState>
      )}
      <div className="space-y-4">
        {rests && rows.length > 0 && (
          <Notice tone="warn" title={t('sources.archived')}>
            {t('sources.archivedWhy')}
          </Notice>
        )}
        {rows.map((source) => (
          <SourceCard key={source.id} source={source} rests={rests} />
        ))}
      </div>
      <AddSource open={isAdding} onOpenChange={setAdding} roots={sources.data?.roots ?? []} />
    </Page>
  );
}
