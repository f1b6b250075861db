'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { can } from '#core/people/access.ts';
import { useTRPC } from '../_lib/api.ts';
import { readError } from '../_lib/error.ts';
import { useText } from '../_text/text.tsx';
import { useMe } from '../_shell/me.tsx';
import { NewPassword } from '../_people/new-password.tsx';
import { OrganizationShell } from '../_shell/organization-shell.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Field, Input } from '../_ui/form/field.tsx';
import { Page, Panel } from '../_ui/panel.tsx';
import { NotificationsPanel } from './notifications-panel.tsx';

/** What a person may change of themselves. */
export function AccountPage() {
  const { t } = useText();
  const me = useMe();
  return (
    <OrganizationShell organizationId={me.memberships[0]?.organizationId ?? null}>
      <Page title={t('shell.account')} description={t('account.signedInAs', { email: me.email })} width="middle">
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
  const { t } = useText();
  const me = useMe();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(me.name);
  const rename = useMutation(
    trpc.people.changeName.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.me.queryFilter());
        toast.success(t('account.nameChanged'));
      },
    }),
  );
  return (
    <Panel title={t('account.name')}>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ name });
        }}
      >
        <Field label={t('account.calledBy')} className="min-w-0 flex-1">
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            maxLength={80}
            autoComplete="name"
          />
        </Field>
        <Button type="submit" busy={rename.isPending} disabled={name.trim() === '' || name.trim() === me.name}>
          {t('common.save')}
        </Button>
      </form>
    </Panel>
  );
}

function PasswordPanel() {
  const { t } = useText();
  const me = useMe();
  const trpc = useTRPC();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation(
    trpc.people.changePassword.mutationOptions({
      onSuccess: () => {
        setCurrent('');
        setNext('');
        toast.success(t('account.passwordChanged'), { description: t('account.passwordChangedWhy') });
      },
      // Said beside the field that it is about, not in a toast.
      meta: { quiet: true },
    }),
  );
  const error = change.error ? readError(change.error) : null;
  const isCurrentWrong = error?.code === 'FORBIDDEN';
  const hasTokens = me.memberships.some(({ role }) => can(role, 'token:manage'));
  return (
    <Panel title={t('people.password')} description={t(hasTokens ? 'account.passwordTokens' : 'account.passwordWhy')}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ current, next });
        }}
      >
        {/* Tells a password manager whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
        <Field label={t('account.currentPassword')} error={isCurrentWrong ? error.message : null}>
          <Input
            name="current"
            type="password"
            required
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <NewPassword label={t('people.newPassword')} value={next} onChange={setNext} />
        {error !== null && !isCurrentWrong && (
          <p role="alert" className="text-sm text-bad">
            {error.message}
          </p>
        )}
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={change.isPending}>
            {t('account.changePassword')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
