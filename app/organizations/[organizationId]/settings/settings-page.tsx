'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTRPC } from '../../../_lib/api.ts';
import { Button } from '../../../_ui/form/button.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Page, Panel } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { useOrganization } from '../frame.tsx';

export function SettingsPage() {
  const { membership, may } = useOrganization();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(membership.organizationName);
  const rename = useMutation(
    trpc.people.rename.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.me.queryFilter());
        toast.success('Renamed');
      },
    }),
  );
  if (!may('organization:update'))
    return (
      <EmptyState isPage title="Only owners change the organization">
        Ask one of them, under People.
      </EmptyState>
    );
  return (
    <Page title="Organization" width="narrow">
      <Panel>
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            rename.mutate({ organizationId: membership.organizationId, name });
          }}
        >
          <Field label="Name" className="flex-1">
            <Input value={name} onChange={(event) => setName(event.target.value)} required maxLength={120} />
          </Field>
          <Button
            type="submit"
            busy={rename.isPending}
            disabled={name.trim() === '' || name.trim() === membership.organizationName}
          >
            Rename
          </Button>
        </form>
      </Panel>
    </Page>
  );
}
