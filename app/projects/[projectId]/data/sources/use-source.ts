import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ProposalChoice } from '#core/proposal/propose.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { useProject } from '../../../../_shell/project.tsx';
import type { Source } from './words.ts';

/** What can be asked of a source; the list of sources follows. */
export function useSource({ id: sourceId }: Source) {
  const {
    project: { id: projectId },
  } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => void queryClient.invalidateQueries(trpc.source.pathFilter());
  const at = { projectId, sourceId };
  const sync = useMutation(trpc.source.sync.mutationOptions({ onSuccess }));
  const take = useMutation(trpc.source.take.mutationOptions({ onSuccess }));
  const retry = useMutation(trpc.source.retry.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.source.remove.mutationOptions({ onSuccess }));
  return {
    isAsking: sync.isPending,
    isTaking: take.isPending,
    isRetrying: retry.isPending,
    sync: () => sync.mutate(at),
    take: (choice?: ProposalChoice) =>
      take.mutate({
        ...at,
        ...(choice === undefined ? {} : { choice: { layout: choice.layout, names: { ...choice.names } } }),
      }),
    retry: () => retry.mutate(at),
    remove: () => remove.mutateAsync(at),
  };
}
