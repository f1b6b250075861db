'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../../../_text/text.tsx';
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
  const { t } = useText();
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
      title={t('sources.settingsOf', { name: source.name })}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            busy={update.isPending}
            disabled={settings.name.trim() === ''}
            onClick={() => update.mutate({ ...at, ...settings, ...(isKeyed ? { keys } : {}) })}
          >
            {t('common.save')}
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
            <p className="text-xs text-muted">{source.hasKeys ? t('sources.keysSealed') : t('sources.noKeys')}</p>
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
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const hook = useMutation(trpc.source.hook.mutationOptions());
  const set = (isOn: boolean) => hook.mutate({ projectId: project.id, sourceId: source.id, isOn });
  const path = hook.data?.path ?? null;
  return (
    <section className="space-y-2" aria-label={t('sources.hook')}>
      <h3 className="text-sm font-medium">{t('sources.hook')}</h3>
      <p className="text-xs text-pretty text-muted">{t('sources.hookWhy')}</p>
      {path !== null && (
        <>
          <CopyText text={`${window.location.origin}${path}`} label={t('sources.hook')} />
          <p className="text-xs text-muted">{t('sources.copyNow')}</p>
        </>
      )}
      <div className="flex gap-2">
        <Button size="sm" busy={hook.isPending} onClick={() => set(true)}>
          {source.hasHook ? t('sources.newHook') : t('sources.makeHook')}
        </Button>
        {source.hasHook && (
          <Button size="sm" variant="ghost" busy={hook.isPending} onClick={() => set(false)}>
            {t('sources.takeAway')}
          </Button>
        )}
      </div>
      {source.hasHook && path === null && <p className="text-xs text-muted">{t('sources.hookThere')}</p>}
    </section>
  );
}
