'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Bell as BellIcon } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { useText } from '../_text/text.tsx';
import { useTRPC, useTRPCClient } from '../_lib/api.ts';
import { useEvent, useReconnect } from '../_lib/socket.ts';
import { Tooltip } from '../_ui/tooltip.tsx';
import { useMe } from './me.tsx';
import { mentionHref } from './nav.ts';
import { notificationHref, showOutside, wordsOf } from './notifications.ts';

/**
 * Leads to what the person was told and says how much of it is unread; something new is also told in a toast, and,
 * where they allowed it, by the browser.
 */
export function Bell() {
  const { t } = useText();
  const me = useMe();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const quiet = { meta: { quiet: true } };
  const mentions = useQuery(trpc.mention.unread.queryOptions(undefined, quiet));
  const others = useQuery(trpc.notification.unread.queryOptions(undefined, quiet));
  const muted = useQuery(trpc.notification.muted.queryOptions(undefined, { ...quiet, staleTime: 60_000 }));
  const unread = (mentions.data ?? 0) + (others.data ?? 0);
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.mention.pathFilter());
    void queryClient.invalidateQueries(trpc.notification.pathFilter());
  };
  const tell = (title: string, description: string, id: string, href: string) => {
    const open = () => router.push(href);
    toast(title, { id, description, action: { label: t('common.open'), onClick: open } });
    showOutside(title, description, id, open);
  };
  /**
   * Events carry no names: what may be told is what the list tells. The toast is extra, the count stands without it.
   */
  const tellMention = async (commentId: string) => {
    const mention = (await client.mention.list.query({ limit: 20 }).catch(() => [])).find(
      (one) => one.commentId === commentId,
    );
    if (mention === undefined) return;
    const { name, fileName, projectName } = mention;
    tell(
      t('shell.mentioned', { name }),
      t('shell.mentionedIn', { file: fileName, project: projectName }),
      `mention-${commentId}`,
      mentionHref(mention),
    );
  };
  const tellNewest = async (projectId: string, kind: string) => {
    const newest = (await client.notification.list.query().catch(() => [])).find(
      (one) => one.projectId === projectId && one.kind === kind,
    );
    if (newest === undefined || newest.readAt !== null) return;
    tell(wordsOf(t, newest), newest.projectName, `notification-${newest.id}`, notificationHref(newest));
  };
  useEvent('comment:created', (event) => {
    if (!event.mentioned.includes(me.userId)) return;
    refresh();
    if (!muted.data?.includes('mention')) void tellMention(event.commentId);
  });
  useEvent('notification:created', ({ projectId, kind }) => {
    refresh();
    void tellNewest(projectId, kind);
  });
  useReconnect(refresh);
  return (
    <Tooltip text={t('shell.notifications')} side="bottom">
      <Link
        href="/notifications"
        aria-label={unread === 0 ? t('shell.notifications') : t('shell.notificationsUnread', { count: unread })}
        className="relative flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover
        hover:text-ink max-sm:size-9"
      >
        <BellIcon size={16} aria-hidden />
        {unread > 0 && (
          <span
            aria-hidden
            className="absolute -top-1 -right-1.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent
            px-1 text-2xs font-semibold text-accent-ink tabular max-sm:top-0 max-sm:right-0"
          >
            {unread > 99 ? '99+' : unread}
          </span>
        )}
      </Link>
    </Tooltip>
  );
}
