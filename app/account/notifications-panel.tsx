'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { NOTIFICATION_KINDS, rolesToTell } from '#core/people/notification.ts';
import { useTRPC } from '../_lib/api.ts';
import { useText } from '../_text/text.tsx';
import { useMe } from '../_shell/me.tsx';
import { browserPermission } from '../_shell/notifications.ts';
import { Button } from '../_ui/form/button.tsx';
import { Checkbox } from '../_ui/form/toggles.tsx';
import { Panel } from '../_ui/panel.tsx';

const unchanging = () => () => undefined;

/** Which kinds of word a person wants, and whether this browser may show them outside the page. */
export function NotificationsPanel() {
  const { t } = useText();
  const me = useMe();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const muted = useQuery(trpc.notification.muted.queryOptions());
  const mute = useMutation(
    trpc.notification.mute.mutationOptions({
      onSettled: async () => {
        await queryClient.invalidateQueries(trpc.notification.pathFilter());
        await queryClient.invalidateQueries(trpc.mention.pathFilter());
      },
    }),
  );
  const found = useSyncExternalStore(unchanging, browserPermission, () => 'unavailable' as const);
  const [answered, setAnswered] = useState<NotificationPermission | null>(null);
  const permission = answered ?? found;
  const kinds = NOTIFICATION_KINDS.filter(
    (kind) => kind === 'mention' || me.memberships.some(({ role }) => rolesToTell(kind).includes(role)),
  );
  return (
    <Panel title={t('shell.notifications')} description={t('account.bell')}>
      <fieldset className="space-y-2">
        <legend className="sr-only">{t('account.tellWhen')}</legend>
        {kinds.map((kind) => (
          <Checkbox
            key={kind}
            label={t(`shell.told.${kind}`)}
            checked={!muted.data?.includes(kind)}
            disabled={muted.data === undefined || mute.isPending}
            onChange={(on) => mute.mutate({ kind, muted: !on })}
          />
        ))}
      </fieldset>
      <div className="mt-4 flex flex-wrap items-center gap-3 border-t border-line pt-4 text-sm">
        {permission === 'granted' && <p>{t('account.browserTells')}</p>}
        {permission === 'denied' && <p className="text-muted">{t('account.browserDenied')}</p>}
        {permission === 'unavailable' && <p className="text-muted">{t('account.browserPlain')}</p>}
        {permission === 'default' && (
          <>
            <p className="min-w-0 flex-1">{t('account.browserCan')}</p>
            <Button onClick={() => void window.Notification.requestPermission().then(setAnswered)}>
              {t('account.allow')}
            </Button>
          </>
        )}
      </div>
    </Panel>
  );
}
