'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { SOURCE_INTERVALS, SOURCE_KINDS } from '#core/source/source.ts';
import type { SourceInterval, SourceKind } from '#core/source/source.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { readError } from '../../../../_lib/error.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Dialog } from '../../../../_ui/dialog.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Field, Input } from '../../../../_ui/form/field.tsx';
import { Select } from '../../../../_ui/form/select.tsx';
import { Checkbox } from '../../../../_ui/form/toggles.tsx';
import { CopyText } from '../../../../_ui/copy-text.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import { BucketFields, bucketInput, NO_BUCKET } from '../bucket-fields.tsx';

/** What is chosen of any source, old or new. */
export interface SourceSettings {
  name: string;
  interval: SourceInterval;
  takesNew: boolean;
}

export function SettingsFields({
  value,
  onChange,
}: {
  value: SourceSettings;
  onChange: (value: SourceSettings) => void;
}) {
  const { t } = useText();
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('account.name')}>
          <Input
            value={value.name}
            onChange={(event) => onChange({ ...value, name: event.target.value })}
            required
            maxLength={100}
            placeholder={t('sources.nameExample')}
          />
        </Field>
        <Field label={t('sources.lookFor')}>
          <Select
            value={value.interval}
            onChange={(interval) => onChange({ ...value, interval })}
            options={SOURCE_INTERVALS.map((one) => ({ value: one, label: t(`sources.interval.${one}`) }))}
          />
        </Field>
      </div>
      <Checkbox
        checked={value.takesNew}
        onChange={(takesNew) => onChange({ ...value, takesNew })}
        label={t('sources.takeWithout')}
        hint={t('sources.takeWithoutHint')}
      />
    </>
  );
}

const COMMAND = ['PUPIL_SOURCE_ROOTS=/srv/pictures', 'npm', 'start'].join(' ');
const NEW: SourceSettings = { name: '', interval: 'hand', takesNew: false };

/** Asks where images keep coming from. Nothing is taken yet: the first look tells what is there. */
export function AddSource({
  open,
  onOpenChange,
  roots,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  roots: readonly string[];
}) {
  const { t, format } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const [kind, setKind] = useState<SourceKind>('bucket');
  const [settings, setSettings] = useState(NEW);
  const [readsLabels, setReadsLabels] = useState(true);
  const [bucket, setBucket] = useState(NO_BUCKET);
  const [path, setPath] = useState('');
  const [url, setUrl] = useState('');
  const add = useMutation(trpc.source.add.mutationOptions({ onSuccess: () => close(), meta: { quiet: true } }));
  const close = () => {
    onOpenChange(false);
    add.reset();
    setSettings(NEW);
    setBucket(NO_BUCKET);
    setPath('');
    setUrl('');
  };
  const isNoRoot = kind === 'folder' && roots.length === 0;
  const where = { bucket: bucket.bucket, folder: path, list: url }[kind].trim();
  const send = () =>
    add.mutate({
      projectId: project.id,
      ...settings,
      readsLabels,
      place:
        kind === 'bucket'
          ? { kind, ...bucketInput(bucket) }
          : kind === 'folder'
            ? { kind, path: path.trim() }
            : { kind, url: url.trim() },
    });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title={t('sources.add')}
      description={t('sources.addWhy')}
      size="lg"
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            type="submit"
            form="source-form"
            busy={add.isPending}
            disabled={settings.name.trim() === '' || where === '' || isNoRoot}
          >
            {t('sources.addThis')}
          </Button>
        </>
      }
    >
      <form
        id="source-form"
        className="space-y-4"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Field label={t('sources.kind')} hint={t(`sources.kindHint.${kind}`)}>
          <Select
            value={kind}
            onChange={setKind}
            options={SOURCE_KINDS.map((one) => ({ value: one, label: t(`sources.kind.${one}`) }))}
          />
        </Field>
        {kind === 'bucket' && (
          <>
            <BucketFields values={bucket} onChange={setBucket} />
            <p className="text-xs text-muted">{t('sources.bucketKeys')}</p>
          </>
        )}
        {kind === 'folder' &&
          (isNoRoot ? (
            <Notice tone="warn" title={t('sources.noRoot')}>
              {t('sources.noRootWhy')}
              <div className="mt-2 max-w-md">
                <CopyText text={COMMAND} label={t('sources.rootLine')} />
              </div>
            </Notice>
          ) : (
            <Field label={t('sources.folder')} hint={t('sources.below', { roots: format.anyOf(roots) })}>
              <Input
                value={path}
                onChange={(event) => setPath(event.target.value)}
                required
                maxLength={1000}
                placeholder={[roots[0], 'birds'].join('/')}
                className="font-mono"
              />
            </Field>
          ))}
        {kind === 'list' && (
          <Field label={t('sources.listAddress')} hint={t('sources.listHint')}>
            <Input
              type="url"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              required
              maxLength={2000}
              placeholder="https://example.org/birds.txt"
              className="font-mono"
            />
          </Field>
        )}
        <SettingsFields value={settings} onChange={setSettings} />
        <Checkbox
          checked={readsLabels}
          onChange={setReadsLabels}
          label={kind === 'list' ? t('sources.takeClasses') : t('sources.folderNames')}
          hint={kind === 'list' ? t('sources.plainList') : t('sources.folderNamesHint')}
        />
        {add.error && (
          <p role="alert" className="text-sm text-bad">
            {readError(add.error).message}
          </p>
        )}
      </form>
    </Dialog>
  );
}
