'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Field, NumberInput } from '../../../_ui/form/field.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';

const toPercent = (share: number): number => Math.round(share * 1000) / 10;

/** Shares of new images kept for measuring; saved when the field is left. */
export function SplitShares() {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<{ validationShare?: number | null; testShare?: number | null }>({});
  const update = useMutation(
    trpc.project.update.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId: project.id })),
      onSettled: () => setDraft({}),
    }),
  );
  const field = (name: 'validationShare' | 'testShare', label: string) => {
    const value = draft[name] === undefined ? toPercent(project.settings[name]) : draft[name];
    return (
      <Field label={label} className="w-32">
        <NumberInput
          value={value}
          min={0}
          max={50}
          step={1}
          unit="%"
          onChange={(next) => setDraft((before) => ({ ...before, [name]: next }))}
          onBlur={() => {
            if (value === null || value === toPercent(project.settings[name])) setDraft({});
            else update.mutate({ projectId: project.id, settings: { [name]: Math.min(50, Math.max(0, value)) / 100 } });
          }}
        />
      </Field>
    );
  };
  return (
    <div>
      <div className="flex flex-wrap gap-4">
        {field('validationShare', t('data.forValidation'))}
        {field('testShare', t('data.forTest'))}
      </div>
      <p className="mt-1.5 text-xs text-pretty text-muted">{t('data.sharesWhy')}</p>
      <div className="mt-4">
        <Checkbox
          checked={project.settings.keepOriginals ?? false}
          onChange={(keepOriginals) => update.mutate({ projectId: project.id, settings: { keepOriginals } })}
          label={t('data.keepOriginals')}
          hint={t('data.keepOriginalsHint')}
        />
      </div>
    </div>
  );
}
