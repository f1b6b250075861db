'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Camera } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Input } from '../../../../_ui/form/field.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { Table, Th } from '../../../../_ui/table.tsx';
import { SnapshotRow } from './snapshot-row.tsx';
import { SnapshotDiff } from './snapshot-diff.tsx';

/** Frozen sets of labels, and what changed between two of them. */
export function SnapshotsPage() {
  const { t } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const snapshots = useQuery(
    trpc.export.listSnapshots.queryOptions({ projectId: project.id }, { enabled: may('export:read') }),
  );
  const refresh = () =>
    void queryClient.invalidateQueries(trpc.export.listSnapshots.queryFilter({ projectId: project.id }));
  useEvent('snapshot:created', refresh);
  useEvent('snapshot:described', refresh);
  const create = useMutation(
    trpc.export.createSnapshot.mutationOptions({
      onSuccess: () => {
        setName('');
        setNote('');
        refresh();
      },
    }),
  );
  if (!may('export:read'))
    return (
      <EmptyState isPage title={t('snapshots.leadsKeep')}>
        {t('snapshots.askLead')}
      </EmptyState>
    );
  const take = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ projectId: project.id, name: name.trim(), note: note.trim() });
  };
  return (
    <Page title={t('data.snapshots')} description={t('snapshots.description')}>
      <div className="space-y-5">
        <form onSubmit={take} className="flex max-w-3xl gap-2 max-sm:flex-col">
          <Input
            aria-label={t('snapshots.name')}
            placeholder={t('snapshots.nameExample')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={80}
            autoComplete="off"
          />
          <Input
            aria-label={t('snapshots.note')}
            placeholder={t('snapshots.noteExample')}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            maxLength={500}
            autoComplete="off"
          />
          <Button
            type="submit"
            variant="primary"
            icon={<Camera size={14} />}
            busy={create.isPending}
            disabled={name.trim() === ''}
          >
            {t('snapshots.take')}
          </Button>
        </form>
        {snapshots.isPending && <Loading />}
        {snapshots.error && <ErrorState error={snapshots.error} onRetry={() => void snapshots.refetch()} />}
        {snapshots.data?.length === 0 && (
          <EmptyState
            icon={<Camera size={18} />}
            title={t('snapshots.none')}
            className="rounded-lg border border-dashed border-line-strong"
          >
            {t('snapshots.noneWhy')}
          </EmptyState>
        )}
        {snapshots.data && snapshots.data.length > 0 && (
          <Panel flush>
            <Table label={t('data.snapshots')}>
              <thead>
                <tr>
                  <Th>{t('account.name')}</Th>
                  <Th numeric>{t('snapshots.labeledImages')}</Th>
                  <Th>{t('snapshots.taken')}</Th>
                  <Th>
                    <span className="sr-only">{t('snapshots.actions')}</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {snapshots.data.map((one) => (
                  <SnapshotRow key={one.id} snapshot={one} onChange={refresh} />
                ))}
              </tbody>
            </Table>
          </Panel>
        )}
        {snapshots.data && snapshots.data.length > 1 && <SnapshotDiff snapshots={snapshots.data} />}
      </div>
    </Page>
  );
}
