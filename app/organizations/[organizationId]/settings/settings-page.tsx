'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTRPC } from '../../../_lib/api.ts';
import { useText } from '../../../_text/text.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { useOrganization } from '../frame.tsx';

export function SettingsPage() {
  const { t } = useText();
  const { membership, may } = useOrganization();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(membership.organizationName);
  const rename = useMutation(
    trpc.people.rename.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.me.queryFilter());
        toast.success(t('organization.renamed'));
      },
    }),
  );
  if (!may('organization:update'))
    return (
      <EmptyState isPage title={t('organization.onlyOwnersChange')}>
        {t('organization.askOwner')}
      </EmptyState>
    );
  return (
    <Page title={t('shell.organization')} width="narrow">
      <Panel>
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            rename.mutate({ organizationId: membership.organizationId, name });
          }}
        >
          <Field label={t('organization.name')} className="flex-1">
            <Input value={name} onChange={(event) => setName(event.target.value)} required maxLength={120} />
          </Field>
          <Button
            type="submit"
            busy={rename.isPending}
            disabled={name.trim() === '' || name.trim() === membership.organizationName}
          >
            {t('organization.rename')}
          </Button>
        </form>
      </Panel>
    </Page>
  );
}
