'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { Said, useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import type { ProjectClass } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field } from '../../../_ui/form/field.tsx';
import { Select } from '../../../_ui/form/select.tsx';

/** Everything that shows classes or counts them is asked for again. */
function useRefresh() {
  const { project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId: project.id }));
    void queryClient.invalidateQueries(trpc.gallery.pathFilter());
    void queryClient.invalidateQueries(trpc.label.progress.queryFilter({ projectId: project.id }));
  };
}

function useUnmerge() {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const refresh = useRefresh();
  const unmerge = useMutation(trpc.project.unmergeClass.mutationOptions({ onSettled: refresh }));
  return {
    busy: unmerge.isPending,
    run: (classId: string, name: string) =>
      unmerge.mutate(
        { projectId: project.id, classId },
        { onSuccess: () => toast.success(t('settings.ownAgain', { name })) },
      ),
  };
}

/**
 * Merges a class into another one, after telling what that does; also how a used class is deleted. One that nothing was
 * ever said of goes at once.
 */
export function MergeDialog({ one, deleting, onClose }: { one: ProjectClass; deleting: boolean; onClose: () => void }) {
  const { t } = useText();
  const { project, classes } = useProject();
  const trpc = useTRPC();
  const refresh = useRefresh();
  const unmerge = useUnmerge();
  const others = classes.filter(({ id }) => id !== one.id);
  const [intoId, setIntoId] = useState(others.length === 1 ? (others[0]?.id ?? null) : null);
  const into = others.find(({ id }) => id === intoId);
  const preview = useQuery(
    trpc.project.previewMerge.queryOptions(
      { projectId: project.id, classId: one.id, intoId: intoId ?? one.id },
      { enabled: intoId !== null },
    ),
  );
  const merge = useMutation(
    trpc.project.mergeClass.mutationOptions({
      onSuccess: async () => {
        onClose();
        toast.success(t('settings.mergedInto', { name: one.name, into: into?.name ?? t('settings.otherClass') }), {
          duration: 15_000,
          action: { label: t('hand.undo'), onClick: () => unmerge.run(one.id, one.name) },
        });
        await refresh();
      },
    }),
  );
  const remove = useMutation(
    trpc.project.deleteClass.mutationOptions({
      onSuccess: async () => {
        onClose();
        await refresh();
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={t(deleting ? 'settings.deleteOne' : 'settings.mergeOne', { name: one.name })}
      description={t(deleting ? 'settings.deleteOneWhy' : 'settings.mergeOneWhy')}
      footer={
        <>
          {deleting && (
            <Button
              className="mr-auto"
              variant="danger-quiet"
              busy={remove.isPending}
              onClick={() => remove.mutate({ projectId: project.id, classId: one.id })}
            >
              {t('settings.neverUsed')}
            </Button>
          )}
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            busy={merge.isPending}
            disabled={intoId === null || preview.isPending}
            onClick={() => intoId !== null && merge.mutate({ projectId: project.id, classId: one.id, intoId })}
          >
            {deleting ? t('settings.moveDelete') : t('settings.merge')}
          </Button>
        </>
      }
    >
      <Field label={deleting ? t('settings.moveTo') : t('settings.mergeTo')}>
        <Select
          value={intoId}
          placeholder={t('settings.chooseClass')}
          onChange={setIntoId}
          options={others.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      {preview.data && intoId !== null && (
        <ul className="mt-3 space-y-1 text-sm text-muted" aria-label={t('settings.whatDoes')}>
          <li>
            <Said
              of="settings.willBe"
              with={{
                labels: preview.data.labels,
                badge: <ClassBadge look={into ?? one} size="sm" />,
                intoLabels: preview.data.intoLabels,
              }}
            />
          </li>
          {preview.data.disputed > 0 && <li>{t('settings.agreeThen', { count: preview.data.disputed })}</li>}
          {preview.data.gold > 0 && <li>{t('settings.goldAsks', { count: preview.data.gold })}</li>}
          {preview.data.runs > 0 && <li>{t('settings.runsApart', { count: preview.data.runs })}</li>}
          <li>{t('settings.anyTime')}</li>
        </ul>
      )}
    </Dialog>
  );
}

/** Second names of classes, each of which can be made a class of its own again. */
export function MergedClasses() {
  const { t } = useText();
  const { project, classById } = useProject();
  const unmerge = useUnmerge();
  if (project.merged.length === 0) return null;
  return (
    <section className="mt-4 border-t border-line pt-3">
      <h3 className="text-xs font-medium text-muted">{t('settings.merged')}</h3>
      <ul className="mt-1">
        {project.merged.map(({ id, name }) => {
          const into = classById.get(id);
          return (
            <li key={id} className="flex items-center gap-2 py-1 text-sm">
              <span className="min-w-0 truncate">{name}</span>
              <span className="text-muted">{t('settings.is')}</span>
              {into !== undefined && <ClassBadge look={into} size="sm" />}
              <Button
                size="sm"
                variant="ghost"
                className="ml-auto"
                icon={<Undo2 size={13} />}
                busy={unmerge.busy}
                onClick={() => unmerge.run(id, name)}
              >
                {t('settings.takeBack')}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
