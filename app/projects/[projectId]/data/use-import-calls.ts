import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Said } from '#core/text/said.ts';
import { useTRPC, useTRPCClient } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';

/** Opening and closing imports of the project, for an upload that may outlive the page; the list of imports follows. */
export function useImportCalls() {
  const {
    project: { id: projectId },
  } = useProject();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  return useMemo(() => {
    const refresh = () => {
      void queryClient.invalidateQueries(trpc.image.pathFilter());
      void queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId }));
    };
    const told = <Answer>(answer: Promise<Answer>): Promise<Answer> => answer.finally(refresh);
    return {
      refresh,
      start: (input: { name: string; total: number | null; classes: readonly string[] }) =>
        told(client.image.startImport.mutate({ projectId, ...input, classes: [...input.classes] })),
      end: (importId: string) => told(client.image.endImport.mutate({ projectId, importId })),
      fail: (importId: string, said: Said) =>
        told(client.image.failImport.mutate({ projectId, importId, message: said.key, said })),
    };
  }, [client, projectId, queryClient, trpc]);
}
