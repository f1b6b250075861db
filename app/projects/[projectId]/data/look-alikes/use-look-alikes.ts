import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useTRPC, useTRPCClient } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { newId } from '../../../../_lib/id.ts';
import { plural } from '../../../../_lib/format.ts';

export type LookAlikePair = Outputs['image']['lookAlikes']['pairs'][number];

/** The pairs, page by page; and moving the pool's side of some, or of all with null. A move offers its undo. */
export function useLookAlikes(projectId: string, enabled: boolean) {
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
      onSuccess: ({ returned }) => toast.success(`${plural(returned, 'image')} back in the pool`),
      onSettled: refresh,
    }),
  );
  const move = useMutation({
    mutationFn: async (imageIds: string[] | null) => {
      const id = newId();
      return { id, ...(await client.image.moveLookAlikes.mutate({ projectId, id, imageIds })) };
    },
    onSuccess: ({ id, moved }) =>
      toast.success(`${plural(moved, 'image')} moved out of the pool`, {
        duration: 10_000,
        action: { label: 'Undo', onClick: () => undo.mutate({ projectId, id }) },
      }),
    onSettled: refresh,
  });
  return { pages, move };
}
