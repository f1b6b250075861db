'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../../_lib/api.ts';
import { readError } from '../../../../_lib/error.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { CopyText } from '../../../../_ui/copy-text.tsx';
import { Dialog } from '../../../../_ui/dialog.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { KeyFields, NO_KEYS } from '../bucket-fields.tsx';
import { SettingsFields } from './add-source.tsx';
import type { Source } from './words.ts';

/** Name, interval, new keys, and the address by which another system asks for a sync. */
export function SourceSettingsDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { project } = useProject();
  const trpc = useTRPC();
  const at = { projectId: project.id, sourceId: source.id };
  const [settings, setSettings] = useState({
    name: source.name,
    interval: source.interval,
    takesNew: source.takesNew,
  });
  const [keys, setKeys] = useState(NO_KEYS);
  const update = useMutation(trpc.source.update.mutationOptions({ onSuccess: onClose, meta: { quiet: true } }));
  const isKeyed = keys.accessKeyId.trim() !== '' && keys.secretAccessKey.trim() !== '';
  return (
    <Dialog
      open
      onOpenChange={(next) => next || onClose()}
      title={`Settings of ${source.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={update.isPending}
            disabled={settings.name.trim() === ''}
            onClick={() => update.mutate({ ...at, ...settings, ...(isKeyed ? { keys } : {}) })}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="space-y-5">
        <SettingsFields value={settings} onChange={setSettings} />
        {source.place.kind === 'bucket' && (
          <div className="space-y-2">
            <div className="grid gap-4 sm:grid-cols-2">
              <KeyFields values={keys} onChange={setKeys} />
            </div>
            <p className="text-xs text-muted">
              {source.hasKeys
                ? 'Its keys are sealed and shown to nobody. New ones take their place; left empty, they stay.'
                : 'It has no keys. Give both where the bucket asks for them.'}
            </p>
          </div>
        )}
        <SyncAddress source={source} />
        {update.error && (
          <p role="alert" className="text-sm text-bad">
            {readError(update.error).message}
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** Shown once when it is made: only a hash of it is kept. */
function SyncAddress({ source }: { source: Source }) {
  const { project } = useProject();
  const trpc = useTRPC();
  const hook = useMutation(trpc.source.hook.mutationOptions());
  const set = (isOn: boolean) => hook.mutate({ projectId: project.id, sourceId: source.id, isOn });
  const path = hook.data?.path ?? null;
  return (
    <section className="space-y-2" aria-label="Sync address">
      <h3 className="text-sm font-medium">Sync address</h3>
      <p className="text-xs text-pretty text-muted">
        A system that POSTs to it asks for a sync, such as a bucket's notification or the end of a job. It may do
        nothing else.
      </p>
      {path !== null && (
        <>
          <CopyText text={`${window.location.origin}${path}`} label="Sync address" />
          <p className="text-xs text-muted">Copy it now: it is not shown again.</p>
        </>
      )}
      <div className="flex gap-2">
        <Button size="sm" busy={hook.isPending} onClick={() => set(true)}>
          {source.hasHook ? 'Make a new one' : 'Make an address'}
        </Button>
        {source.hasHook && (
          <Button size="sm" variant="ghost" busy={hook.isPending} onClick={() => set(false)}>
            Take it away
          </Button>
        )}
      </div>
      {source.hasHook && path === null && (
        <p className="text-xs text-muted">There is one. With a new one it is no longer valid.</p>
      )}
    </section>
  );
}
