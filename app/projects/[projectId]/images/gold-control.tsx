import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Gem } from 'lucide-react';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
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
  const { t } = useText();
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
        {t('image.noGold')}
      </Button>
    );
  return (
    <Field label={t('image.makeGold')} hint={t('image.makeGoldWhy')} error={set.error && readError(set.error).message}>
      <Select
        value={null}
        placeholder={t(set.isPending ? 'image.saving' : 'image.chooseRight')}
        onChange={choose}
        options={classes.map((one) => ({
          value: one.id,
          label: one.id === answerClassId ? t('image.answerNow', { name: one.name }) : one.name,
        }))}
      />
    </Field>
  );
}
