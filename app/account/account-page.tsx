'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { can } from '#core/people/access.ts';
import { useTRPC } from '../_lib/api.ts';
import { readError } from '../_lib/error.ts';
import { useMe } from '../_shell/me.tsx';
import { NewPassword } from '../_people/new-password.tsx';
import { OrganizationShell } from '../_shell/organization-shell.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Field, Input } from '../_ui/form/field.tsx';
import { Page, Panel } from '../_ui/panel.tsx';
import { NotificationsPanel } from './notifications-panel.tsx';

/** What a person may change of themselves. */
export function AccountPage() {
  const me = useMe();
  return (
    <OrganizationShell organizationId={me.memberships[0]?.organizationId ?? null}>
      <Page title="Account" description={`You are signed in as ${me.email}.`} width="middle">
        <div className="space-y-5">
          <NamePanel />
          <PasswordPanel />
          <NotificationsPanel />
        </div>
      </Page>
    </OrganizationShell>
  );
}

function NamePanel() {
  const me = useMe();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(me.name);
  const rename = useMutation(
    trpc.people.changeName.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.me.queryFilter());
        toast.success('Your name is changed');
      },
    }),
  );
  return (
    <Panel title="Name">
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ name });
        }}
      >
        <Field label="What colleagues see you called" className="min-w-0 flex-1">
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            maxLength={80}
            autoComplete="name"
          />
        </Field>
        <Button type="submit" busy={rename.isPending} disabled={name.trim() === '' || name.trim() === me.name}>
          Save
        </Button>
      </form>
    </Panel>
  );
}

function PasswordPanel() {
  const me = useMe();
  const trpc = useTRPC();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation(
    trpc.people.changePassword.mutationOptions({
      onSuccess: () => {
        setCurrent('');
        setNext('');
        toast.success('Your password is changed', { description: 'You stay signed in here, and nowhere else.' });
      },
      // Said beside the field that it is about, not in a toast.
      meta: { quiet: true },
    }),
  );
  const error = change.error ? readError(change.error) : null;
  const isCurrentWrong = error?.code === 'FORBIDDEN';
  const hasTokens = me.memberships.some(({ role }) => can(role, 'token:manage'));
  return (
    <Panel
      title="Password"
      description={`Wherever else you are signed in you will have to sign in again.${
        hasTokens ? ' Your API tokens ' + 'go on; revoke them where you made them.' : ''
      }`}
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ current, next });
        }}
      >
        {/* Tells a password manager whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
        <Field label="Current password" error={isCurrentWrong ? error.message : null}>
          <Input
            name="current"
            type="password"
            required
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <NewPassword label="New password" value={next} onChange={setNext} />
        {error !== null && !isCurrentWrong && (
          <p role="alert" className="text-sm text-bad">
            {error.message}
          </p>
        )}
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={change.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
