'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Webhook } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { formatRelative } from '../../../_lib/format.ts';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';
import { NewWebhook } from './new-webhook.tsx';
import { EVENT_WORDS } from './words.ts';

export function WebhooksPage() {
  const { membership, may } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<{ id: string; url: string } | null>(null);
  const allowed = may('webhook:manage');
  const webhooks = useQuery(trpc.webhook.list.queryOptions({ organizationId }, { enabled: allowed }));
  const refresh = () => queryClient.invalidateQueries(trpc.webhook.list.queryFilter());
  const remove = useMutation(trpc.webhook.delete.mutationOptions({ onSettled: refresh }));
  if (!allowed)
    return (
      <EmptyState isPage title="Only owners manage webhooks">
        Ask one of them, under People.
      </EmptyState>
    );
  const make = (
    <Button variant="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>
      New webhook
    </Button>
  );
  return (
    <Page
      title="Webhooks"
      description={
        'Pupil calls an address of yours when something has happened. Every call is signed; failed calls ' +
        'are tried again.'
      }
      width="narrow"
      actions={make}
    >
      {webhooks.isPending && <Loading />}
      {webhooks.error && <ErrorState error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.data?.length === 0 && (
        <EmptyState
          icon={<Webhook size={18} />}
          title="No webhooks"
          className="rounded-lg border border-dashed border-line-strong"
          action={make}
        >
          Add one to start a script when a run ends or an export is ready.
        </EmptyState>
      )}
      {webhooks.data && webhooks.data.length > 0 && (
        <Panel flush>
          <Table label="Webhooks">
            <thead>
              <tr>
                <Th>Address</Th>
                <Th>When</Th>
                <Th>Last call</Th>
                <Th>Made</Th>
                <Th>
                  <span className="sr-only">Delete</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {webhooks.data.map((webhook) => (
                <Tr key={webhook.id}>
                  <Td className="max-w-64 truncate font-mono text-xs">{webhook.url}</Td>
                  <Td>
                    <span className="flex flex-wrap gap-1 py-1">
                      {webhook.events.map((event) => (
                        <Badge key={event}>{(EVENT_WORDS as Record<string, string>)[event] ?? event}</Badge>
                      ))}
                    </span>
                  </Td>
                  <Td className="text-muted">{webhook.lastStatus ?? 'none yet'}</Td>
                  <Td className="whitespace-nowrap text-muted">{formatRelative(webhook.createdAt)}</Td>
                  <Td numeric>
                    <Button size="sm" variant="danger-quiet" onClick={() => setEnding(webhook)}>
                      Delete
                    </Button>
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
      <NewWebhook open={making} onOpenChange={setMaking} onMade={() => void refresh()} />
      <Confirm
        open={ending !== null}
        onOpenChange={(open) => !open && setEnding(null)}
        danger
        title="Delete this webhook?"
        action="Delete"
        onConfirm={async () => {
          if (ending !== null) await remove.mutateAsync({ organizationId, id: ending.id });
        }}
      >
        <span className="font-mono break-all">{ending?.url}</span> is not called any more.
      </Confirm>
    </Page>
  );
}
