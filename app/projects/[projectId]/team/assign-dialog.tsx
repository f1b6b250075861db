'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTRPC } from '../../../_lib/api.ts';
import { plural } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, NumberInput } from '../../../_ui/form/field.tsx';
import { Select } from '../../../_ui/form/select.tsx';
import type { TeamMember } from './team-table.tsx';

const SPLITS = [
  { value: 'any', label: 'Any' },
  { value: 'pool', label: 'Pool' },
  { value: 'validation', label: 'Validation' },
  { value: 'test', label: 'Test' },
] as const;

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
  const trpc = useTRPC();
  const { project } = useProject();
  const [count, setCount] = useState<number | null>(100);
  const [split, setSplit] = useState<(typeof SPLITS)[number]['value']>('any');
  const assign = useMutation(
    trpc.quality.assignSlice.mutationOptions({
      onSuccess: ({ assigned }) => {
        toast(
          assigned === 0
            ? 'No open image is left to assign'
            : `${plural(assigned, 'image')} assigned to ${member?.name ?? 'them'}`,
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
      title={`Assign images to ${member?.name ?? ''}`}
      description={
        'The next open images of the queue come to this person first, and to nobody else until they are ' +
        'done or given back.'
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
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
            Assign
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <Field label="How many" error={valid ? null : 'A whole number from 1 to 100,000.'}>
          <NumberInput value={count} onChange={setCount} min={1} max={100_000} unit="images" />
        </Field>
        <Field label="Split">
          <Select value={split} onChange={setSplit} options={SPLITS} />
        </Field>
      </div>
    </Dialog>
  );
}
