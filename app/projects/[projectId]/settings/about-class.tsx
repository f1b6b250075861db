'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Said, useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { thumbnailSrc } from '../../../_lib/media.ts';
import { useProject } from '../../../_shell/project.tsx';
import type { ProjectClass } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, Textarea } from '../../../_ui/form/field.tsx';
import { MissingNote, ReaderSwitch, useReaders } from './readers.tsx';

/** Images to choose examples from, and how many a class has at most. */
const OFFERED = 24;
const EXAMPLES = 6;

/** What a class means, in words and a few images; both stand beside the image on the label page. */
export function AboutDialog({ one, onClose }: { one: ProjectClass; onClose: () => void }) {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const description = useReaders(one.description, one.descriptionIn);
  const [exampleIds, setExampleIds] = useState<readonly string[]>(one.exampleIds);
  const labeled = useQuery(
    trpc.gallery.list.queryOptions({ projectId: project.id, classId: one.id, source: 'human', limit: OFFERED }),
  );
  const save = useMutation(
    trpc.project.updateClass.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId: project.id }));
      },
    }),
  );
  const offered = [...new Set([...one.exampleIds, ...(labeled.data?.images.map(({ id }) => id) ?? [])])];
  const toggle = (id: string) =>
    setExampleIds(
      exampleIds.includes(id) ? exampleIds.filter((other) => other !== id) : [...exampleIds, id].slice(0, EXAMPLES),
    );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={one.name}
      description={t('settings.shownBeside')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            busy={save.isPending}
            onClick={() =>
              save.mutate({
                projectId: project.id,
                classId: one.id,
                description: description.plain,
                descriptionIn: description.changed,
                exampleIds: [...exampleIds],
              })
            }
          >
            {t('common.save')}
          </Button>
        </>
      }
    >
      <Field label={t('settings.description')} optional>
        <Textarea
          rows={3}
          maxLength={2000}
          value={description.text}
          placeholder={description.plain === '' ? t('settings.belongs') : description.plain}
          onChange={(event) => description.write(event.target.value)}
        />
      </Field>
      <div className="mt-1.5">
        <ReaderSwitch readers={description} />
      </div>
      <MissingNote readers={description} />
      <p className="mt-4 text-sm font-medium">
        <Said
          of="settings.examples"
          with={{
            span: (
              <span className="font-normal text-muted">
                {t('settings.countOf', { count: exampleIds.length, most: EXAMPLES })}
              </span>
            ),
          }}
        />
      </p>
      {offered.length === 0 ? (
        <p className="text-sm text-muted">{t('settings.onceLabeled', { class: one.name })}</p>
      ) : (
        <div className="mt-1.5 grid grid-cols-6 gap-1.5">
          {offered.map((id) => (
            <button
              key={id}
              type="button"
              aria-pressed={exampleIds.includes(id)}
              aria-label={t('settings.example', { number: offered.indexOf(id) + 1 })}
              onClick={() => toggle(id)}
              className="aspect-square overflow-hidden rounded-md border-2 border-transparent bg-sunken
              aria-pressed:border-accent"
            >
              <img src={thumbnailSrc(project.id, id)} alt="" loading="lazy" className="size-full object-contain" />
            </button>
          ))}
        </div>
      )}
    </Dialog>
  );
}
