'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Camera } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useTRPC } from '../../../../_lib/api.ts';
import { formatNumber, formatRelative } from '../../../../_lib/format.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Input } from '../../../../_ui/form/field.tsx';
import { Page, Panel } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../../_ui/table.tsx';
import { SnapshotDiff } from './snapshot-diff.tsx';

/** Frozen sets of labels, and what changed between two of them. */
export function SnapshotsPage() {
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const snapshots = useQuery(
    trpc.export.listSnapshots.queryOptions({ projectId: project.id }, { enabled: may('export:read') }),
  );
  const refresh = () =>
    void queryClient.invalidateQueries(trpc.export.listSnapshots.queryFilter({ projectId: project.id }));
  useEvent('snapshot:created', refresh);
  const create = useMutation(
    trpc.export.createSnapshot.mutationOptions({
      onSuccess: () => {
        setName('');
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
    create.mutate({ projectId: project.id, name: name.trim() });
  };
  return (
    <Page
      title="Snapshots"
      description={
        'A snapshot freezes every human label as it stands now. Two of them show what a week of work has ' + 'changed.'
      }
    >
      <div className="space-y-5">
        <form onSubmit={take} className="flex max-w-lg gap-2">
          <Input
            aria-label="Name of the snapshot"
            placeholder="before the second pass"
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={80}
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
                </tr>
              </thead>
              <tbody>
                {snapshots.data.map((one) => (
                  <Tr key={one.id}>
                    <Td className="font-medium">{one.name}</Td>
                    <Td numeric>{formatNumber(one.count)}</Td>
                    <Td className="text-muted">{formatRelative(one.createdAt)}</Td>
                  </Tr>
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
