'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../../_text/text.tsx';
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
  const { t } = useText();
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
      title={t('data.bucketTitle')}
      description={t('data.bucketWhy')}
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            type="submit"
            form="bucket-form"
            busy={start.isPending}
            disabled={values.bucket.trim() === ''}
          >
            {t('data.import')}
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
        <p className="text-xs text-muted">{t('data.bucketKeys')}</p>
        <Checkbox
          checked={folderLabels}
          onChange={setFolderLabels}
          label={t('data.folderNames')}
          hint={t('data.folderNamesHint')}
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
