import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { newId } from '../../../_lib/id.ts';
import type { GalleryFilter, GalleryOrder } from './gallery-filter.ts';

export type GalleryImage = Outputs['gallery']['list']['images'][number];

const PAGE_SIZE = 120;

/** The images of a filter, page by page. */
export const useGallery = (projectId: string, filter: GalleryFilter, order: GalleryOrder) => {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.gallery.list.infiniteQueryOptions(
      { projectId, ...filter, order, limit: PAGE_SIZE },
      { getNextPageParam: (page) => page.nextCursor, staleTime: 30_000 },
    ),
  );
};

/** What may be done to many images at once; labeling offers its undo. */
export const useBulk = (projectId: string, onDone: () => void) => {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.gallery.pathFilter());
    void queryClient.invalidateQueries(trpc.label.progress.queryFilter({ projectId }));
  };
  const undo = useMutation(
    trpc.gallery.undo.mutationOptions({ onSuccess: () => toast.success(t('gallery.takenBack')), onSettled: refresh }),
  );
  const decide = useMutation(
    trpc.gallery.decide.mutationOptions({
      onSuccess: (_, { decisions }) => {
        toast.success(t('gallery.labeledCount', { count: decisions.length }), {
          duration: 10_000,
          action: {
            label: t('hand.undo'),
            onClick: () =>
              undo.mutate({
                projectId,
                undos: decisions.map((decision) => ({ id: newId(), annotationId: decision.id })),
              }),
          },
        });
        onDone();
      },
      onSettled: refresh,
    }),
  );
  const flag = useMutation(
    trpc.gallery.flag.mutationOptions({
      onSuccess: ({ changed }, { flagged }) => {
        toast.success(t(flagged ? 'gallery.flaggedCount' : 'gallery.unflaggedCount', { count: changed }));
        onDone();
      },
      onSettled: refresh,
    }),
  );
  const assign = useMutation(
    trpc.gallery.assign.mutationOptions({
      onSuccess: ({ changed }) => {
        toast.success(t('gallery.assigned', { count: changed }));
        onDone();
      },
      onSettled: refresh,
    }),
  );
  return {
    busy: decide.isPending || flag.isPending || assign.isPending,
    decide: (imageIds: string[], classId: string) =>
      decide.mutate({ projectId, classId, decisions: imageIds.map((imageId) => ({ id: newId(), imageId })) }),
    flag: (imageIds: string[], flagged: boolean) => flag.mutate({ projectId, imageIds, flagged }),
    assign: (imageIds: string[], memberId: string | null) => assign.mutate({ projectId, imageIds, memberId }),
  };
};
