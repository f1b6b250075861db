'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../lib/api.ts';
import { formatRelative } from '../../../lib/format.ts';
import { useEvent } from '../../../lib/socket.ts';
import { useProject } from '../../../shell/project.tsx';
import { Button } from '../../../ui/button.tsx';
import { Input } from '../../../ui/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Select } from '../../../ui/select.tsx';
import { Loading } from '../../../ui/spinner.tsx';
import { ErrorState } from '../../../ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../ui/table.tsx';

/** Frozen labeled sets by name, and what changed between two of them. */
export function Snapshots() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const [name, setName] = useState('');
  const list = useQuery(trpc.export.listSnapshots.queryOptions({ projectId: project.id }, { enabled: may('export:read') }));
  const refresh = () => void queryClient.invalidateQueries(trpc.export.listSnapshots.queryFilter({ projectId: project.id }));
  useEvent('snapshot:created', refresh);
  const create = useMutation(trpc.export.createSnapshot.mutationOptions({ onSuccess: () => { setName(''); refresh(); } }));
  if (!may('export:read')) return null;
  const rows = list.data ?? [];
  return (
    <Panel title="Snapshots" description="The labeled set as it stands, frozen under a name, to compare with later.">
      <form className="flex max-w-md gap-2" onSubmit={(event) => { event.preventDefault(); create.mutate({ projectId: project.id, name }); }}>
        <Input aria-label="Name of the snapshot" placeholder="Before the audit" maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" busy={create.isPending} disabled={name.trim() === ''}>Freeze</Button>
      </form>
      {list.isPending && <Loading />}
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {rows.length > 0 && (
        <div className="mt-4">
          <Table label="Snapshots">
            <thead><tr><Th>Name</Th><Th numeric>Images</Th><Th>Frozen</Th></tr></thead>
            <tbody>{rows.map((row) => <Tr key={row.id}><Td>{row.name}</Td><Td numeric className="tabular">{row.count}</Td><Td className="text-muted">{formatRelative(row.createdAt)}</Td></Tr>)}</tbody>
          </Table>
        </div>
      )}
      {rows.length > 1 && <Difference snapshots={rows} />}
    </Panel>
  );
}

function Difference({ snapshots }: { snapshots: readonly { id: string; name: string }[] }) {
  const trpc = useTRPC();
  const { project, classes } = useProject();
  const [beforeId, setBeforeId] = useState(snapshots[1]?.id ?? '');
  const [afterId, setAfterId] = useState(snapshots[0]?.id ?? '');
  const diff = useQuery(trpc.export.diffSnapshots.queryOptions({ projectId: project.id, beforeId, afterId }));
  const options = snapshots.map(({ id, name }) => ({ value: id, label: name }));
  const data = diff.data;
  return (
    <div className="mt-4 space-y-3">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        From <Select size="sm" className="w-44" label="Earlier snapshot" value={beforeId} onChange={setBeforeId} options={options} />
        to <Select size="sm" className="w-44" label="Later snapshot" value={afterId} onChange={setAfterId} options={options} />
      </div>
      {diff.error && <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />}
      {data && (
        <>
          <p className="text-sm tabular">
            {data.totals.added} added, {data.totals.removed} removed, {data.totals.changed} changed class, {data.totals.moved} changed split, {data.totals.unchanged} unchanged.
          </p>
          <Table label="Images by class in both snapshots">
            <thead><tr><Th>Class</Th><Th numeric>Before</Th><Th numeric>After</Th></tr></thead>
            <tbody>
              {Object.entries(data.counts).map(([classId, { before, after }]) => (
                <Tr key={classId}><Td>{classes.find(({ id }) => id === classId)?.name ?? 'A class that was removed'}</Td><Td numeric className="tabular">{before}</Td><Td numeric className="tabular">{after}</Td></Tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
    </div>
  );
}
