'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Webhook } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';
import { NewWebhook } from './new-webhook.tsx';

export function WebhooksPage() {
  const { t, told, format } = useText();
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
      <EmptyState isPage title={t('organization.onlyOwnersWebhooks')}>
        {t('organization.askOwner')}
      </EmptyState>
    );
  const make = (
    <Button variant="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>
      {t('organization.newWebhook')}
    </Button>
  );
  return (
    <Page
      title={t('organization.page.webhooks')}
      description={t('organization.webhooksWhy')}
      width="narrow"
      actions={make}
    >
      {webhooks.isPending && <Loading />}
      {webhooks.error && <ErrorState error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.data?.length === 0 && (
        <EmptyState
          icon={<Webhook size={18} />}
          title={t('organization.noWebhooks')}
          className="rounded-lg border border-dashed border-line-strong"
          action={make}
        >
          {t('organization.noWebhooksWhy')}
        </EmptyState>
      )}
      {webhooks.data && webhooks.data.length > 0 && (
        <Panel flush>
          <Table label={t('organization.page.webhooks')}>
            <thead>
              <tr>
                <Th>{t('people.address')}</Th>
                <Th>{t('organization.when')}</Th>
                <Th>{t('organization.lastCall')}</Th>
                <Th>{t('organization.made')}</Th>
                <Th>
                  <span className="sr-only">{t('organization.delete')}</span>
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
                        <Badge key={event}>{told(`organization.event.${event}`, {}) ?? event}</Badge>
                      ))}
                    </span>
                  </Td>
                  <Td className="text-muted">{webhook.lastStatus ?? t('organization.noneYet')}</Td>
                  <Td className="whitespace-nowrap text-muted">{format.relative(webhook.createdAt)}</Td>
                  <Td numeric>
                    <Button size="sm" variant="danger-quiet" onClick={() => setEnding(webhook)}>
                      {t('organization.delete')}
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
        title={t('organization.deleteWebhookAsk')}
        action={t('organization.delete')}
        onConfirm={async () => {
          if (ending !== null) await remove.mutateAsync({ organizationId, id: ending.id });
        }}
      >
        <Said of="organization.notCalled" with={{ url: <span className="font-mono break-all">{ending?.url}</span> }} />
      </Confirm>
    </Page>
  );
}
