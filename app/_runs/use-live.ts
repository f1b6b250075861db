import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../_lib/api.ts';
import { useEvent } from '../_lib/socket.ts';

/** What the live teacher expects of itself, anew with each fit. */
export const useLive = (projectId: string) => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEvent('teacher:refitted', () => void queryClient.invalidateQueries(trpc.insight.live.queryFilter({ projectId })));
  return useQuery(trpc.insight.live.queryOptions({ projectId }));
};
