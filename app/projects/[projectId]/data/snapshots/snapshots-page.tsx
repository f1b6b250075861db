'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Camera } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
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
      <EmptyState isPage title="Leads keep the snapshots">
        Ask a lead what has changed.
      </EmptyState>
    );
  const take = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ projectId: project.id, name: name.trim(), note: note.trim() });
  };
  return (
    <Page
      title="Snapshots"
      description={
        'A snapshot freezes every human label as it stands now. Two of them show what a week of work has changed; ' +
        'each can be exported, and be a project of its own.'
      }
    >
      <div className="space-y-5">
        <form onSubmit={take} className="flex max-w-3xl gap-2 max-sm:flex-col">
          <Input
            aria-label="Name of the snapshot"
            placeholder="before the second pass"
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={80}
            autoComplete="off"
          />
          <Input
            aria-label="Note"
            placeholder="Why, for later (may stay empty)"
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
            Take a snapshot
          </Button>
        </form>
        {snapshots.isPending && <Loading />}
        {snapshots.error && <ErrorState error={snapshots.error} onRetry={() => void snapshots.refetch()} />}
        {snapshots.data?.length === 0 && (
          <EmptyState
            icon={<Camera size={18} />}
            title="No snapshots yet"
            className="rounded-lg border border-dashed border-line-strong"
          >
            Name one above before a change of guidelines, a second pass, or a big import.
          </EmptyState>
        )}
        {snapshots.data && snapshots.data.length > 0 && (
          <Panel flush>
            <Table label="Snapshots">
              <thead>
                <tr>
                  <Th>Name</Th>
                  <Th numeric>Labeled images</Th>
                  <Th>Taken</Th>
                  <Th>
                    <span className="sr-only">Actions</span>
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
