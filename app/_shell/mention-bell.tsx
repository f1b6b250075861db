'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { useTRPC, useTRPCClient } from '../_lib/api.ts';
import { useEvent, useReconnect } from '../_lib/socket.ts';
import { Tooltip } from '../_ui/tooltip.tsx';
import { useMe } from './me.tsx';
import { mentionHref } from './nav.ts';

/** Leads to the person's mentions and says how many are unread; a new one is also told in a toast. */
export function MentionBell() {
  const me = useMe();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { data: unread = 0 } = useQuery(trpc.mention.unread.queryOptions(undefined, { meta: { quiet: true } }));
  const refresh = () => void queryClient.invalidateQueries(trpc.mention.pathFilter());
  /**
   * Events carry no names: what may be told is what the list tells. The toast is extra, the count stands without it.
   */
  const tell = async (commentId: string) => {
    const mention = (await client.mention.list.query({ limit: 20 }).catch(() => [])).find(
      (one) => one.commentId === commentId,
    );
    if (mention === undefined) return;
    toast(`${mention.name} mentioned you`, {
      id: `mention-${commentId}`,
      description: `${mention.fileName} in ${mention.projectName}`,
      action: { label: 'Open', onClick: () => router.push(mentionHref(mention)) },
    });
  };
  useEvent('comment:created', (event) => {
    if (!event.mentioned.includes(me.userId)) return;
    refresh();
    void tell(event.commentId);
  });
  useReconnect(refresh);
  return (
    <Tooltip text="Mentions" side="bottom">
      <Link
        href="/mentions"
        aria-label={unread === 0 ? 'Mentions' : `Mentions, ${unread} unread`}
        className="relative flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover
        hover:text-ink max-sm:size-9"
      >
        <Bell size={16} aria-hidden />
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
