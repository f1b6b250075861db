'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, CopyPlus, Download, Ellipsis, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { refuseToPutAway, runTitle } from '#core/book/run-book.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { formatBytes, plural } from '../../../../_lib/format.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Dialog } from '../../../../_ui/dialog.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../../_ui/menu.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';

/** What a lead does with a run as a whole: another one like it, into the archive, away. */
export function RunMenu({ run }: { run: Pick<RunView, 'id' | 'number' | 'name' | 'status' | 'archivedAt'> }) {
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
          <IconButton label={`Actions on run ${run.number}`}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem
          icon={<CopyPlus size={15} />}
          onSelect={() => router.push(projectHref(project.id, `runs/new?like=${run.id}`))}
        >
          New run like this
        </MenuItem>
        {may('export:read') &&
          [
            { tool: 'TensorBoard', path: `${run.id}/tensorboard` },
            { tool: 'MLflow', path: `mlflow?runs=${run.id}` },
          ].map(({ tool, path }) => (
            <MenuItem key={tool} asChild>
              <a href={`/api/projects/${project.id}/runs/${path}`} download>
                <Download size={15} aria-hidden className="text-muted" /> Save for {tool}
              </a>
            </MenuItem>
          ))}
        <MenuItem
          icon={archived ? <ArchiveRestore size={15} /> : <Archive size={15} />}
          disabled={!ended && !archived}
          onSelect={() => archive.mutate({ projectId: project.id, runId: run.id, archived: !archived })}
        >
          {archived ? 'Take back from the archive' : 'Archive'}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 size={15} />} danger disabled={!ended} onSelect={() => setDeleting(true)}>
          Delete…
        </MenuItem>
      </Menu>
      {deleting && <DeleteDialog run={run} onClose={() => setDeleting(false)} />}
    </>
  );
}

/** Says what goes before it goes; asks for the name of a run whose model stands best or predicts. */
function DeleteDialog({ run, onClose }: { run: Pick<RunView, 'id' | 'number' | 'name'>; onClose: () => void }) {
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
      title={`Delete ${runTitle(run)}?`}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={remove.isPending} disabled={!ready} onClick={send}>
            Delete the run
          </Button>
        </>
      }
    >
      <div className="space-y-3 text-sm">
        {preview.error && <Notice tone="bad">{preview.error.message}</Notice>}
        {!goes && !preview.error && <Loading />}
        {goes && (
          <>
            <p>These go with it and cannot be brought back:</p>
            <ul className="list-disc space-y-0.5 pl-5 text-muted">
              <li>
                {plural(goes.rounds, 'round')} with their figures, curves and {plural(goes.predictions, 'prediction')}
              </li>
              <li>
                {plural(goes.checkpoints, 'checkpoint')} and {plural(goes.exports, 'export')}, {formatBytes(goes.bytes)}
              </li>
              <li>
                {plural(goes.reviewOpen, 'open review item')}, and the {plural(goes.reviewAnswered, 'item')} that people
                answered or closed
              </li>
            </ul>
            <p className="text-muted">
              What people answered stays, and so do backbones made of its rounds. To only put it out of sight, archive
              it.
            </p>
            {confirmName !== null && (
              <>
                {preview.data?.speaks && (
                  <Notice tone="warn" title="Its model stands best in this project.">
                    It orders the queue and asks people; the next best will, or none.
                  </Notice>
                )}
                {preview.data?.serves && (
                  <Notice tone="warn" title="Its model predicts for whoever asks.">
                    The address of the project answers with the model that stands best from then on, or with none.
                  </Notice>
                )}
                <Field label={`Type “${confirmName}” to delete it all the same`}>
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
