'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { CopyText } from '../../../_ui/copy-text.tsx';
import { Confirm, Dialog } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { Table, Td, Th, Tr } from '../../../_ui/table.tsx';
import { useOrganization } from '../frame.tsx';
import { AllTokens } from './all-tokens.tsx';

export function TokensPage() {
  const { t, format } = useText();
  const { membership, may } = useOrganization();
  const { organizationId } = membership;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<{ id: string; name: string } | null>(null);
  const tokens = useQuery(trpc.people.tokens.queryOptions({ organizationId }));
  const refresh = () => queryClient.invalidateQueries(trpc.people.tokens.queryFilter());
  const revoke = useMutation(trpc.people.revokeToken.mutationOptions({ onSettled: refresh }));
  const make = (
    <Button variant="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>
      {t('organization.newToken')}
    </Button>
  );
  return (
    <Page title={t('organization.page.tokens')} description={t('organization.tokensWhy')} width="narrow" actions={make}>
      {tokens.isPending && <Loading />}
      {tokens.error && <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && (
        <EmptyState
          icon={<KeyRound size={18} />}
          title={t('organization.noTokens')}
          className="rounded-lg border border-dashed border-line-strong"
          action={make}
        >
          {t('organization.noTokensWhy')}
        </EmptyState>
      )}
      {tokens.data && tokens.data.length > 0 && (
        <Panel flush>
          <Table label={t('organization.page.tokens')}>
            <thead>
              <tr>
                <Th>{t('organization.name')}</Th>
                <Th>{t('organization.made')}</Th>
                <Th>{t('organization.lastUsed')}</Th>
                <Th>
                  <span className="sr-only">{t('organization.end')}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {tokens.data.map((token) => (
                <Tr key={token.id}>
                  <Td className="font-medium">{token.name}</Td>
                  <Td className="text-muted">{format.relative(token.createdAt)}</Td>
                  <Td className="text-muted">
                    {token.lastUsedAt === null ? t('organization.never') : format.relative(token.lastUsedAt)}
                  </Td>
                  <Td numeric>
                    <Button size="sm" variant="danger-quiet" onClick={() => setEnding(token)}>
                      {t('organization.revoke')}
                    </Button>
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
      {may('token:oversee') && <AllTokens />}
      <NewToken open={making} onOpenChange={setMaking} onMade={() => void refresh()} />
      <Confirm
        open={ending !== null}
        onOpenChange={(open) => !open && setEnding(null)}
        danger
        title={t('organization.revokeAsk', { name: ending?.name ?? '' })}
        action={t('organization.revoke')}
        onConfirm={async () => {
          if (ending !== null) await revoke.mutateAsync({ organizationId, id: ending.id });
        }}
      >
        {t('organization.revokeWhy')}
      </Confirm>
    </Page>
  );
}

function NewToken({
  open,
  onOpenChange,
  onMade,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMade: () => void;
}) {
  const { t } = useText();
  const { membership } = useOrganization();
  const trpc = useTRPC();
  const [name, setName] = useState('');
  const create = useMutation(trpc.people.createToken.mutationOptions({ onSuccess: onMade }));
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    create.reset();
    setName('');
  };
  const made = create.data !== undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={t(made ? 'organization.copyNow' : 'organization.newToken')}
      description={t(made ? 'organization.shownOnce' : 'organization.nameAfter')}
      footer={
        made ? (
          <Button variant="primary" onClick={() => close(false)}>
            {t('people.done')}
          </Button>
        ) : (
          <>
            <Button onClick={() => close(false)}>{t('common.cancel')}</Button>
            <Button
              variant="primary"
              disabled={name.trim() === ''}
              busy={create.isPending}
              onClick={() => create.mutate({ organizationId: membership.organizationId, name })}
            >
              {t('organization.makeToken')}
            </Button>
          </>
        )
      }
    >
      {create.data === undefined ? (
        <Field label={t('organization.name')}>
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={60}
            placeholder={t('organization.tokenExample')}
          />
        </Field>
      ) : (
        <div className="space-y-3">
          <CopyText text={create.data.token} label={t('organization.apiToken')} />
          <p className="text-xs text-muted">
            <Said
              of="organization.sendAs"
              with={{ header: <span className="font-mono">Authorization: Bearer …</span> }}
            />
          </p>
        </div>
      )}
    </Dialog>
  );
}
