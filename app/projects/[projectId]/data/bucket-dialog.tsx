'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';

const EMPTY = { bucket: '', prefix: '', region: '', endpoint: '', accessKeyId: '', secretAccessKey: '' };

/** Images that the server fetches from an S3 bucket. The keys are sent once and forgotten when the dialog closes. */
export function BucketDialog({
  open,
  onOpenChange,
  onStarted,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onStarted: () => void;
}) {
  const { project } = useProject();
  const trpc = useTRPC();
  const [values, setValues] = useState(EMPTY);
  const [folderLabels, setFolderLabels] = useState(false);
  const close = () => {
    setValues((before) => ({ ...before, accessKeyId: '', secretAccessKey: '' }));
    onOpenChange(false);
  };
  const start = useMutation(
    trpc.image.importBucket.mutationOptions({
      onSuccess: () => {
        close();
        onStarted();
      },
    }),
  );
  const field = (name: keyof typeof EMPTY) => ({
    value: values[name],
    onChange: (event: { target: { value: string } }) =>
      setValues((before) => ({ ...before, [name]: event.target.value })),
  });
  const send = () =>
    start.mutate({
      projectId: project.id,
      ...values,
      region: values.region.trim() === '' ? undefined : values.region,
      folderLabels,
    });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title="Import from a bucket"
      description={
        'The server fetches every image below a folder of an S3 bucket, also of services that speak S3. ' +
        'It ' +
        'goes on when you leave.'
      }
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="bucket-form"
            busy={start.isPending}
            disabled={values.bucket.trim() === ''}
          >
            Import
          </Button>
        </>
      }
    >
      <form
        id="bucket-form"
        className="space-y-4"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Bucket">
            <Input {...field('bucket')} required maxLength={63} placeholder="our-pictures" className="font-mono" />
          </Field>
          <Field label="Folder" optional>
            <Input {...field('prefix')} maxLength={900} placeholder="birds/2026/" className="font-mono" />
          </Field>
          <Field label="Region" optional hint="us-east-1 unless you say otherwise.">
            <Input {...field('region')} maxLength={40} placeholder="eu-central-1" className="font-mono" />
          </Field>
          <Field label="Endpoint" optional hint="For services other than AWS.">
            <Input
              {...field('endpoint')}
              type="url"
              maxLength={300}
              placeholder="https://s3.example.org"
              className="font-mono"
            />
          </Field>
          <Field label="Access key" optional>
            <Input {...field('accessKeyId')} maxLength={200} autoComplete="off" className="font-mono" />
          </Field>
          <Field label="Secret key" optional>
            <Input
              {...field('secretAccessKey')}
              type="password"
              maxLength={400}
              autoComplete="new-password"
              className="font-mono"
            />
          </Field>
        </div>
        <p className="text-xs text-muted">
          A public bucket needs no keys. Keys need leave to list and read; they are used for this import and stored
          nowhere.
        </p>
        <Checkbox
          checked={folderLabels}
          onChange={setFolderLabels}
          label="Use folder names as labels"
          hint="A label file below the folder goes before its folders."
        />
        {start.error && (
          <p role="alert" className="text-sm text-bad">
            {readError(start.error).message}
          </p>
        )}
      </form>
    </Dialog>
  );
}
