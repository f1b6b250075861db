import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC, useTRPCClient } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { newId } from '../../../../_lib/id.ts';

export type LookAlikePair = Outputs['image']['lookAlikes']['pairs'][number];

/** The pairs, page by page; and moving the pool's side of some, or of all with null. A move offers its undo. */
export function useLookAlikes(projectId: string, enabled: boolean) {
  const { t } = useText();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const pages = useInfiniteQuery(
    trpc.image.lookAlikes.infiniteQueryOptions({ projectId }, { getNextPageParam: (page) => page.nextCursor, enabled }),
  );
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.image.pathFilter());
    void queryClient.invalidateQueries(trpc.gallery.pathFilter());
    void queryClient.invalidateQueries(trpc.label.progress.queryFilter({ projectId }));
    void queryClient.invalidateQueries(trpc.run.readiness.queryFilter({ projectId }));
  };
  const undo = useMutation(
    trpc.image.returnLookAlikes.mutationOptions({
      onSuccess: ({ returned }) => toast.success(t('data.returned', { count: returned })),
      onSettled: refresh,
    }),
  );
  const move = useMutation({
    mutationFn: async (imageIds: string[] | null) => {
      const id = newId();
      return { id, ...(await client.image.moveLookAlikes.mutate({ projectId, id, imageIds })) };
    },
    onSuccess: ({ id, moved }) =>
      toast.success(t('data.movedOut', { count: moved }), {
        duration: 10_000,
        action: { label: t('hand.undo'), onClick: () => undo.mutate({ projectId, id }) },
      }),
    onSettled: refresh,
  });
  return { pages, move };
}
