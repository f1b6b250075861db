'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import { BucketFields, bucketInput, NO_BUCKET, NO_KEYS } from './bucket-fields.tsx';

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
  const [values, setValues] = useState(NO_BUCKET);
  const [folderLabels, setFolderLabels] = useState(false);
  const close = () => {
    setValues((before) => ({ ...before, ...NO_KEYS }));
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
  const send = () =>
    start.mutate({
      projectId: project.id,
      ...bucketInput(values),
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
        <BucketFields values={values} onChange={setValues} />
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
