'use client';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AtSign } from 'lucide-react';
import Link from 'next/link';
import { useTRPC, useTRPCClient } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { useText } from '../_text/text.tsx';
import { useMe } from '../_shell/me.tsx';
import { mentionHref } from '../_shell/nav.ts';
import { OrganizationShell } from '../_shell/organization-shell.tsx';
import { Avatar } from '../_ui/avatar.tsx';
import { Badge } from '../_ui/badge.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Page, Panel } from '../_ui/panel.tsx';
import { Loading } from '../_ui/spinner.tsx';
import { OthersPanel } from './others-panel.tsx';
import { EmptyState, ErrorState } from '../_ui/states.tsx';

type Mention = Outputs['mention']['list'][number];
const PAGE_SIZE = 50;

/** What runs and reviews had to say, and where colleagues named the person, newest first. */
export function NotificationsPage() {
  const { t } = useText();
  const me = useMe();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const unread = useQuery(trpc.mention.unread.queryOptions());
  const mentions = useInfiniteQuery({
    queryKey: [...trpc.mention.list.pathKey(), 'pages'],
    queryFn: ({ pageParam }) =>
      client.mention.list.query({ limit: PAGE_SIZE, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < PAGE_SIZE ? undefined : page.at(-1)?.commentId),
  });
  const readAll = useMutation(
    trpc.mention.readAll.mutationOptions({ onSuccess: () => queryClient.invalidateQueries(trpc.mention.pathFilter()) }),
  );
  const rows = mentions.data?.pages.flat() ?? [];
  const [newest] = rows;
  return (
    <OrganizationShell organizationId={me.memberships[0]?.organizationId ?? null}>
      <Page
        title={t('shell.notifications')}
        description={t('notifications.description')}
        width="middle"
        actions={
          newest !== undefined && (
            <Button
              busy={readAll.isPending}
              disabled={!unread.data}
              onClick={() => readAll.mutate({ commentId: newest.commentId })}
            >
              {t('notifications.markAllRead')}
            </Button>
          )
        }
      >
        <OthersPanel />
        {mentions.isPending && <Loading />}
        {mentions.error && !mentions.data && (
          <ErrorState error={mentions.error} onRetry={() => void mentions.refetch()} />
        )}
        {mentions.data && newest === undefined && (
          <EmptyState icon={<AtSign size={18} />} title={t('notifications.none')}>
            {t('notifications.noneWhy', { name: me.name })}
          </EmptyState>
        )}
        {newest !== undefined && (
          <Panel title={t('notifications.mentions')} flush>
            <ol aria-label={t('notifications.mentions')} className="divide-y divide-line">
              {rows.map((row) => (
                <MentionLine key={row.commentId} mention={row} />
              ))}
            </ol>
          </Panel>
        )}
        {mentions.hasNextPage && (
          <div className="mt-4 flex justify-center">
            <Button busy={mentions.isFetchingNextPage} onClick={() => void mentions.fetchNextPage()}>
              {t('notifications.older')}
            </Button>
          </div>
        )}
      </Page>
    </OrganizationShell>
  );
}

function MentionLine({ mention }: { mention: Mention }) {
  const { t, format, locale } = useText();
  return (
    <li>
      <Link href={mentionHref(mention)} className="flex gap-3 px-4 py-3 text-sm -outline-offset-2 hover:bg-hover">
        <Avatar name={mention.name} seed={mention.memberId} size={24} className="mt-px" />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className={mention.readAt === null ? 'font-semibold' : 'font-medium'}>{mention.name}</span>
            {mention.readAt === null && <Badge tone="accent">{t('notifications.unread')}</Badge>}
            <time
              dateTime={mention.createdAt.toISOString()}
              title={mention.createdAt.toLocaleString(locale)}
              className="ml-auto text-xs text-muted"
            >
              {format.relative(mention.createdAt)}
            </time>
          </span>
          <span className="mt-0.5 line-clamp-3 break-words whitespace-pre-line">{mention.body}</span>
          <span className="mt-0.5 block truncate text-xs text-muted">
            {mention.projectName} · {mention.fileName}
          </span>
        </span>
      </Link>
    </li>
  );
}
