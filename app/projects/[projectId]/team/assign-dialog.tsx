'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, NumberInput } from '../../../_ui/form/field.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import type { TeamMember } from './team-table.tsx';

const SPLITS = ['any', 'pool', 'validation', 'test'] as const;

/** Gives a member the next so many images of the queue: they come to them first, and to nobody else. */
export function AssignDialog({
  member,
  onClose,
  onDone,
}: {
  member: TeamMember | null;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const [count, setCount] = useState<number | null>(100);
  const [split, setSplit] = useState<(typeof SPLITS)[number]>('any');
  const assign = useMutation(
    trpc.quality.assignSlice.mutationOptions({
      onSuccess: ({ assigned }) => {
        toast(
          assigned === 0 ? t('team.noneToAssign') : t('team.assignedTo', { count: assigned, name: member?.name ?? '' }),
        );
        onDone();
        onClose();
      },
    }),
  );
  const valid = count !== null && Number.isInteger(count) && count >= 1 && count <= 100_000;
  return (
    <Dialog
      open={member !== null}
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={t('team.assignTo', { name: member?.name ?? '' })}
      description={t('team.assignWhy')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            busy={assign.isPending}
            disabled={!valid}
            onClick={() =>
              member &&
              valid &&
              assign.mutate({
                projectId: project.id,
                memberId: member.memberId,
                count,
                split: split === 'any' ? null : split,
              })
            }
          >
            {t('team.assign')}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label={t('team.howMany')} error={valid ? null : t('team.wholeNumber')}>
          <NumberInput value={count} onChange={setCount} min={1} max={100_000} unit={t('label.images')} />
        </Field>
        <Field label={t('team.splitField')}>
          <Select
            value={split}
            onChange={setSplit}
            options={SPLITS.map((value) => ({ value, label: t(`team.split.${value}`) }))}
          />
        </Field>
      </div>
    </Dialog>
  );
}
