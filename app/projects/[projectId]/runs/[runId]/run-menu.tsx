'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, CopyPlus, Download, Ellipsis, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { refuseToPutAway } from '#core/book/run-book.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { readError } from '../../../../_lib/error.ts';
import { useText } from '../../../../_text/text.tsx';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Dialog } from '../../../../_ui/dialog.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../../_ui/menu.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';
import { runWords } from '../../../../_runs/words.tsx';

/** What a lead does with a run as a whole: another one like it, into the archive, away. */
export function RunMenu({ run }: { run: Pick<RunView, 'id' | 'number' | 'name' | 'status' | 'archivedAt'> }) {
  const { t } = useText();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const [deleting, setDeleting] = useState(false);
  const archive = useMutation(
    trpc.run.archive.mutationOptions({ onSettled: () => queryClient.invalidateQueries(trpc.run.pathFilter()) }),
  );
  if (!may('run:control')) return null;
  const ended = refuseToPutAway(run, 'delete') === null;
  const archived = run.archivedAt !== null;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('runpage.actions', { number: String(run.number) })}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem
          icon={<CopyPlus size={15} />}
          onSelect={() => router.push(projectHref(project.id, `runs/new?like=${run.id}`))}
        >
          {t('runpage.like')}
        </MenuItem>
        {may('export:read') &&
          [
            { tool: 'TensorBoard', path: `${run.id}/tensorboard` },
            { tool: 'MLflow', path: `mlflow?runs=${run.id}` },
          ].map(({ tool, path }) => (
            <MenuItem key={tool} asChild>
              <a href={`/api/projects/${project.id}/runs/${path}`} download>
                <Download size={15} aria-hidden className="text-muted" /> {t('runpage.saveFor', { tool })}
              </a>
            </MenuItem>
          ))}
        <MenuItem
          icon={archived ? <ArchiveRestore size={15} /> : <Archive size={15} />}
          disabled={!ended && !archived}
          onSelect={() => archive.mutate({ projectId: project.id, runId: run.id, archived: !archived })}
        >
          {archived ? t('runpage.takeBack') : t('runpage.archive')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={15} />} danger disabled={!ended} onSelect={() => setDeleting(true)}>
          {t('runpage.deleteMore')}
        </MenuItem>
      </Menu>
      {deleting && <DeleteDialog run={run} onClose={() => setDeleting(false)} />}
    </>
  );
}

/** Says what goes before it goes; asks for the name of a run whose model stands best or predicts. */
function DeleteDialog({ run, onClose }: { run: Pick<RunView, 'id' | 'number' | 'name'>; onClose: () => void }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { project } = useProject();
  const [typed, setTyped] = useState('');
  const preview = useQuery(
    trpc.run.previewDeletion.queryOptions({ projectId: project.id, runId: run.id }, { staleTime: 0 }),
  );
  const remove = useMutation(
    trpc.run.delete.mutationOptions({
      onSuccess: () => {
        router.replace(projectHref(project.id, 'runs'));
        void queryClient.invalidateQueries();
      },
    }),
  );
  const confirmName = preview.data?.confirmName ?? null;
  const goes = preview.data?.goes;
  const send = () => remove.mutate({ projectId: project.id, runId: run.id, confirmName: typed });
  const ready = goes !== undefined && (confirmName === null || typed.trim() === confirmName);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('runpage.deleteAsk', { run: runWords(t, run) })}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="danger" busy={remove.isPending} disabled={!ready} onClick={send}>
            {t('runpage.delete')}
          </Button>
        </>
      }
    >
      <div className="space-y-3 text-sm">
        {preview.error && <Notice tone="bad">{readError(preview.error).message}</Notice>}
        {!goes && !preview.error && <Loading />}
        {goes && (
          <>
            <p>{t('runpage.goes')}</p>
            <ul className="list-disc space-y-0.5 pl-5 text-muted">
              <li>{t('runpage.goesRounds', { rounds: goes.rounds, predictions: goes.predictions })}</li>
              <li>
                {t('runpage.goesFiles', {
                  checkpoints: goes.checkpoints,
                  exports: goes.exports,
                  bytes: format.bytes(goes.bytes),
                })}
              </li>
              <li>{t('runpage.goesReview', { open: goes.reviewOpen, answered: goes.reviewAnswered })}</li>
            </ul>
            <p className="text-muted">{t('runpage.stays')}</p>
            {confirmName !== null && (
              <>
                {preview.data?.speaks && (
                  <Notice tone="warn" title={t('runpage.speaks')}>
                    {t('runpage.speaksWhy')}
                  </Notice>
                )}
                {preview.data?.serves && (
                  <Notice tone="warn" title={t('runpage.serves')}>
                    {t('runpage.servesWhy')}
                  </Notice>
                )}
                <Field label={t('runpage.typeName', { name: confirmName })}>
                  <Input value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
                </Field>
              </>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
