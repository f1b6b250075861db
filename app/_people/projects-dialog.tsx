'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { Dialog } from '../_ui/dialog.tsx';
import { Button } from '../_ui/form/button.tsx';
import { ProjectChoice } from './project-choice.tsx';

/** Chooses what a member sees. Mounted while it is open. */
export function ProjectsDialog({
  organizationId,
  member,
  mayAll,
  onClose,
}: {
  organizationId: string;
  member: Pick<Outputs['people']['members'][number], 'memberId' | 'name' | 'projectIds'>;
  mayAll: boolean;
  onClose: () => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [value, setValue] = useState<string[] | null>(member.projectIds);
  const choose = useMutation(
    trpc.people.chooseProjects.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={t('people.whatSees', { name: member.name })}
      description={t('people.whatSeesWhy')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            busy={choose.isPending}
            onClick={() => choose.mutate({ organizationId, memberId: member.memberId, projectIds: value })}
          >
            {t('common.save')}
          </Button>
        </>
      }
    >
      <ProjectChoice organizationId={organizationId} value={value} onChange={setValue} mayAll={mayAll} />
    </Dialog>
  );
}
