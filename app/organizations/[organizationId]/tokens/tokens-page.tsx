'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { formatRelative } from '../../../_lib/format.ts';
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
      New token
    </Button>
  );
  return (
    <Page
      title="API tokens"
      description="For scripts. A token acts as you in this organization, with your role and projects."
      width="narrow"
      actions={make}
    >
      {tokens.isPending && <Loading />}
      {tokens.error && <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && (
        <EmptyState
          icon={<KeyRound size={18} />}
          title="No tokens"
          className="rounded-lg border border-dashed border-line-strong"
          action={make}
        >
          Make one to import images, start runs or fetch labels from a script.
        </EmptyState>
      )}
      {tokens.data && tokens.data.length > 0 && (
        <Panel flush>
          <Table label="API tokens">
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Made</Th>
                <Th>Last used</Th>
                <Th>
                  <span className="sr-only">End</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {tokens.data.map((token) => (
                <Tr key={token.id}>
                  <Td className="font-medium">{token.name}</Td>
                  <Td className="text-muted">{formatRelative(token.createdAt)}</Td>
                  <Td className="text-muted">
                    {token.lastUsedAt === null ? 'never' : formatRelative(token.lastUsedAt)}
                  </Td>
                  <Td numeric>
                    <Button size="sm" variant="danger-quiet" onClick={() => setEnding(token)}>
                      Revoke
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
        title={`Revoke ${ending?.name ?? ''}?`}
        action="Revoke"
        onConfirm={async () => {
          if (ending !== null) await revoke.mutateAsync({ organizationId, id: ending.id });
        }}
      >
        Scripts that use it stop working at once.
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
      title={made ? 'Copy it now' : 'New token'}
      description={
        made ? 'It is not shown again. Keep it like a password.' : 'Name it after the script that will use it.'
      }
      footer={
        made ? (
          <Button variant="primary" onClick={() => close(false)}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={() => close(false)}>Cancel</Button>
            <Button
              variant="primary"
              disabled={name.trim() === ''}
              busy={create.isPending}
              onClick={() => create.mutate({ organizationId: membership.organizationId, name })}
            >
              Make the token
            </Button>
          </>
        )
      }
    >
      {create.data === undefined ? (
        <Field label="Name">
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={60}
            placeholder="nightly import"
          />
        </Field>
      ) : (
        <div className="space-y-3">
          <CopyText text={create.data.token} label="API token" />
          <p className="text-xs text-muted">
            Send it as <span className="font-mono">Authorization: Bearer …</span>
          </p>
        </div>
      )}
    </Dialog>
  );
}
