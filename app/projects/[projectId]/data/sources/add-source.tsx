'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { SOURCE_INTERVALS, SOURCE_KINDS } from '#core/source/source.ts';
import type { SourceInterval, SourceKind } from '#core/source/source.ts';
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
import { INTERVAL_WORDS, KIND_WORDS } from './words.ts';

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
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name">
          <Input
            value={value.name}
            onChange={(event) => onChange({ ...value, name: event.target.value })}
            required
            maxLength={100}
            placeholder="Camera at the feeder"
          />
        </Field>
        <Field label="Look for new ones">
          <Select
            value={value.interval}
            onChange={(interval) => onChange({ ...value, interval })}
            options={SOURCE_INTERVALS.map((one) => ({ value: one, label: INTERVAL_WORDS[one] }))}
          />
        </Field>
      </div>
      <Checkbox
        checked={value.takesNew}
        onChange={(takesNew) => onChange({ ...value, takesNew })}
        label="Take new ones without asking"
        hint="What has gone is never taken out by itself."
      />
    </>
  );
}

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
      title="Add a source"
      description="Pupil looks what is there, and shows it before anything is taken."
      size="lg"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="source-form"
            busy={add.isPending}
            disabled={settings.name.trim() === '' || where === '' || isNoRoot}
          >
            Add the source
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
        <Field label="Kind" hint={KIND_WORDS[kind].hint}>
          <Select
            value={kind}
            onChange={setKind}
            options={SOURCE_KINDS.map((one) => ({ value: one, label: KIND_WORDS[one].label }))}
          />
        </Field>
        {kind === 'bucket' && (
          <>
            <BucketFields values={bucket} onChange={setBucket} />
            <p className="text-xs text-muted">
              A public bucket needs no keys. Keys need leave to list and read; they are stored sealed and shown to
              nobody again.
            </p>
          </>
        )}
        {kind === 'folder' &&
          (isNoRoot ? (
            <Notice tone="warn" title="No folder of the server is allowed yet.">
              Whoever runs Pupil names the folders that are, and starts it anew:
              <div className="mt-2 max-w-md">
                <CopyText text="PUPIL_SOURCE_ROOTS=/srv/pictures npm start" label="The line that allows a folder" />
              </div>
            </Notice>
          ) : (
            <Field label="Folder" hint={`Below ${roots.join(' or ')}`}>
              <Input
                value={path}
                onChange={(event) => setPath(event.target.value)}
                required
                maxLength={1000}
                placeholder={`${roots[0]}/birds`}
                className="font-mono"
              />
            </Field>
          ))}
        {kind === 'list' && (
          <Field
            label="Address of the list"
            hint="One image address a line. A CSV with the columns url and class gives classes too."
          >
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
          label={kind === 'list' ? 'Take the classes that the list gives' : 'Use folder names as labels'}
          hint={
            kind === 'list'
              ? 'A plain list of addresses gives none.'
              : 'A label file goes before folders. How they are read is shown before the first images are taken.'
          }
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
