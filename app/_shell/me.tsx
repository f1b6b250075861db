'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { usePathname, useRouter } from 'next/navigation';
import { createContext, use, useEffect, useEffectEvent } from 'react';
import type { ReactNode } from 'react';
import { PSEUDO } from '#core/text/languages.ts';
import type { Language } from '#core/text/languages.ts';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { forgetOffline } from '../_offline/store.ts';
import { useRevoked } from '../_lib/socket.ts';
import { ErrorState } from '../_ui/states.tsx';
import { useLanguage } from './use-language.ts';
import { Loading } from '../_ui/spinner.tsx';

export type Me = NonNullable<Outputs['people']['me']>;

const MeContext = createContext<Me | null>(null);

/** The signed-in person. Only inside RequireMe. */
export const useMe = (): Me => {
  const me = use(MeContext);
  if (me === null) throw new Error('useMe needs RequireMe around it.');
  return me;
};

/** Access that ends takes the page along, with everything it had loaded. */
function LeaveWhenRevoked() {
  const queryClient = useQueryClient();
  useRevoked(() => {
    queryClient.clear();
    void forgetOffline().finally(() => window.location.assign('/'));
  });
  return null;
}

/** Shows its children to signed-in people, and brings others to the sign-in page and back. */
export function RequireMe({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const path = usePathname();
  const me = useQuery(trpc.people.me.queryOptions(undefined, { staleTime: 60_000 }));
  const stranger = me.data === null;
  useEffect(() => {
    if (stranger) router.replace(`/sign-in?next=${encodeURIComponent(path)}`);
  }, [stranger, router, path]);
  const { language, setLanguage } = useLanguage();
  const kept = me.data?.language ?? null;
  // What they chose elsewhere holds here too, once it is known who they are.
  const follow = useEffectEvent((chosen: Language) => language !== PSEUDO && setLanguage(chosen));
  useEffect(() => {
    if (kept !== null) follow(kept);
  }, [kept]);
  if (me.data)
    return (
      <MeContext value={me.data}>
        <LeaveWhenRevoked />
        {children}
      </MeContext>
    );
  if (me.error) return <ErrorState error={me.error} onRetry={() => void me.refetch()} className="min-h-dvh" />;
  return <Loading className="min-h-dvh" />;
}
