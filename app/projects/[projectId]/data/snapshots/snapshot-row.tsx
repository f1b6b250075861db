'use client';
import { useMutation } from '@tanstack/react-query';
import { Copy, Download, Pencil } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { readError } from '../../../../_lib/error.ts';
import { formatNumber } from '../../../../_lib/format.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Dialog } from '../../../../_ui/dialog.tsx';
import { Button, IconButton } from '../../../../_ui/form/button.tsx';
import { Field, Input, Textarea } from '../../../../_ui/form/field.tsx';
import { Td, Tr } from '../../../../_ui/table.tsx';

type Snapshot = Outputs['export']['listSnapshots'][number];

/** One snapshot, and what can be done with it. */
export function SnapshotRow({ snapshot, onChange }: { snapshot: Snapshot; onChange: () => void }) {
  const { t, format } = useText();
  const { project, may } = useProject();
  const [open, setOpen] = useState<'words' | 'restore' | null>(null);
  const close = () => setOpen(null);
  return (
    <Tr>
      <Td className="max-w-96 min-w-44 py-2">
        <span className="block font-medium break-words">{snapshot.name}</span>
        {snapshot.note !== '' && (
          <span className="block text-xs break-words whitespace-pre-line text-muted">{snapshot.note}</span>
        )}
      </Td>
      <Td numeric>{formatNumber(snapshot.count)}</Td>
      <Td className="whitespace-nowrap text-muted">{format.relative(snapshot.createdAt)}</Td>
      <Td>
        <span className="flex items-center justify-end gap-1">
          {may('export:create') && (
            <IconButton
              label={t('snapshots.wordsOf', { snapshot: snapshot.name })}
              size="sm"
              onClick={() => setOpen('words')}
            >
              <Pencil size={14} aria-hidden />
            </IconButton>
          )}
          <Button asChild size="sm" variant="ghost">
            <Link href={`${projectHref(project.id, 'data/exports')}?snapshot=${snapshot.id}`}>
              <Download size={14} aria-hidden /> {t('data.export')}
            </Link>
          </Button>
          {may('project:create') && (
            <Button size="sm" variant="ghost" icon={<Copy size={14} />} onClick={() => setOpen('restore')}>
              {t('snapshots.toProject')}
            </Button>
          )}
        </span>
        {open === 'words' && <WordsDialog snapshot={snapshot} onClose={close} onChange={onChange} />}
        {open === 'restore' && <RestoreDialog snapshot={snapshot} onClose={close} />}
      </Td>
    </Tr>
  );
}

function WordsDialog({
  snapshot,
  onClose,
  onChange,
}: {
  snapshot: Snapshot;
  onClose: () => void;
  onChange: () => void;
}) {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const [name, setName] = useState(snapshot.name);
  const [note, setNote] = useState(snapshot.note);
  const save = useMutation(
    trpc.export.updateSnapshot.mutationOptions({
      onSuccess: () => {
        onChange();
        onClose();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ projectId: project.id, snapshotId: snapshot.id, name: name.trim(), note: note.trim() });
  };
  return (
    <Dialog open onOpenChange={onClose} title={t('snapshots.words')} description={t('snapshots.wordsWhy')}>
      <form onSubmit={submit} className="space-y-4">
        <Field label={t('account.name')}>
          <Input value={name} maxLength={80} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('snapshots.note')} optional>
          <Textarea value={note} maxLength={500} rows={3} onChange={(event) => setNote(event.target.value)} />
        </Field>
        {save.error && <p className="text-sm text-bad">{readError(save.error).message}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function RestoreDialog({ snapshot, onClose }: { snapshot: Snapshot; onClose: () => void }) {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const router = useRouter();
  const [name, setName] = useState(`${project.name}, ${snapshot.name}`.slice(0, 120));
  const restore = useMutation(
    trpc.export.restoreSnapshot.mutationOptions({
      onSuccess: ({ projectId }) => router.push(projectHref(projectId, 'data')),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    restore.mutate({ projectId: project.id, snapshotId: snapshot.id, name: name.trim() });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('snapshots.projectFrom', { snapshot: snapshot.name })}
      description={t('snapshots.projectFromWhy', { count: snapshot.count })}
    >
      <form onSubmit={submit} className="space-y-4">
        <Field label={t('snapshots.projectName')}>
          <Input value={name} maxLength={120} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        </Field>
        {restore.error && <p className="text-sm text-bad">{readError(restore.error).message}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={restore.isPending} disabled={name.trim() === ''}>
            {t('snapshots.makeProject')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
