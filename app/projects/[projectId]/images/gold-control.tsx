import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Gem } from 'lucide-react';
import { useTRPC } from '../../../_lib/api.ts';
import { newId } from '../../../_lib/id.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Field } from '../../../_ui/form/field.tsx';
import { Select } from '../../../_ui/form/select.tsx';

/**
 * For leads: makes an image one whose answer is known, which people then meet unmarked among the others; or an ordinary
 * one again.
 */
export function GoldControl({
  imageId,
  goldClassId,
  answerClassId,
}: {
  imageId: string;
  goldClassId: string | null;
  answerClassId: string | null;
}) {
  const { project, classes } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(
    trpc.quality.setGold.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.gallery.image.queryFilter()),
          queryClient.invalidateQueries(trpc.quality.gold.queryFilter()),
        ]),
    }),
  );
  const choose = (classId: string | null) => set.mutate({ projectId: project.id, id: newId(), imageId, classId });
  if (goldClassId !== null)
    return (
      <Button size="sm" icon={<Gem size={13} aria-hidden />} busy={set.isPending} onClick={() => choose(null)}>
        No gold item any more
      </Button>
    );
  return (
    <Field
      label="Make it a gold item"
      hint="Its answer is then yours, and people are checked against it."
      error={set.error?.message ?? null}
    >
      <Select
        value={null}
        placeholder={set.isPending ? 'Saving…' : 'Choose the right answer…'}
        onChange={choose}
        options={classes.map((one) => ({
          value: one.id,
          label: one.id === answerClassId ? `${one.name} (its answer now)` : one.name,
        }))}
      />
    </Field>
  );
}
