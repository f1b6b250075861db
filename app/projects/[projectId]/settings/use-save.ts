import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { changeTranslations } from '#core/text/translations.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import type { Inputs } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';

type Change = Omit<Inputs['project']['update'], 'projectId'>;

/** Saves a change at once: the page shows it right away, and takes it back when the server refuses. */
export const useSave = () => {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = trpc.project.get.queryKey({ projectId: project.id });
  const update = useMutation(
    trpc.project.update.mutationOptions({
      onMutate: ({ settings, guidelinesIn, ...rest }) => {
        queryClient.setQueryData(key, (before) =>
          before === undefined
            ? before
            : {
                ...before,
                ...rest,
                guidelinesIn: changeTranslations(before.guidelinesIn, guidelinesIn ?? {}),
                settings: { ...before.settings, ...settings },
              },
        );
      },
      onSuccess: () => toast.success(t('hand.saved'), { id: 'saved', duration: 1500 }),
      onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
    }),
  );
  return {
    save: (change: Change) => update.mutate({ projectId: project.id, ...change }),
    saveAsync: (change: Change) => update.mutateAsync({ projectId: project.id, ...change }),
    saving: update.isPending,
  };
};
