'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '../_lib/api.ts';
import { useText } from '../_text/text.tsx';
import { notificationHref, wordsOf } from '../_shell/notifications.ts';
import { Badge } from '../_ui/badge.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Panel } from '../_ui/panel.tsx';

/** What runs and reviews had to say, newest first; absent while there is nothing. */
export function OthersPanel() {
  const { t, format, locale } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const list = useQuery(trpc.notification.list.queryOptions());
  const read = useMutation(
    trpc.notification.read.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.notification.pathFilter()),
    }),
  );
  const rows = list.data ?? [];
  if (rows.length === 0) return null;
  return (
    <Panel
      title={t('notifications.runsAndReviews')}
      flush
      actions={
        <Button size="sm" disabled={rows.every(({ readAt }) => readAt !== null)} onClick={() => read.mutate({})}>
          {t('notifications.markRead')}
        </Button>
      }
    >
      <ol aria-label={t('notifications.runsAndReviews')} className="divide-y divide-line">
        {rows.map((row) => (
          <li key={row.id}>
            <Link
              href={notificationHref(row)}
              onClick={() => read.mutate({ projectId: row.projectId, ...(row.runId ? { runId: row.runId } : {}) })}
              className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 py-3 text-sm -outline-offset-2 hover:bg-hover"
            >
              <span className={row.readAt === null ? 'font-semibold' : 'font-medium'}>{wordsOf(t, row)}</span>
              {row.readAt === null && <Badge tone="accent">{t('notifications.unread')}</Badge>}
              <time
                dateTime={row.createdAt.toISOString()}
                title={row.createdAt.toLocaleString(locale)}
                className="ml-auto text-xs text-muted"
              >
                {format.relative(row.createdAt)}
              </time>
              <span className="w-full truncate text-xs text-muted">{row.projectName}</span>
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
