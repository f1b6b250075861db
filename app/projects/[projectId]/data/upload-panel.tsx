'use client';
import { useMutation } from '@tanstack/react-query';
import { Cloud, FileArchive, FolderOpen, Images, Link2, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import type { DragEvent } from 'react';
import { IMAGE_KINDS } from '#core/image/image-files.ts';
import { Said, useText } from '../../../_text/text.tsx';
import { cn } from '../../../_lib/cn.ts';
import type { Translate } from '#core/text/text.ts';
import { filesOfDrop, filesOfInput } from './pick-files.ts';
import { makeSend, planUpload } from './upload.ts';
import type { PickedFile } from './upload.ts';
import { startUpload, useUpload } from './uploads.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { AddressDialog } from './address-dialog.tsx';
import { BucketDialog } from './bucket-dialog.tsx';
import { SplitShares } from './split-shares.tsx';
import { ProposalPanel } from './proposal-panel.tsx';
import { UploadProgress } from './upload-progress.tsx';
import { useProposal } from './use-proposal.ts';
import { useImportCalls } from './use-import-calls.ts';

const nameOf = (t: Translate, picked: readonly PickedFile[]): string => {
  const [first] = picked;
  if (first === undefined) return 'upload';
  const folder = first.path.includes('/') ? first.path.split('/')[0] : undefined;
  const name = folder ?? (picked.length === 1 ? first.path : t('data.files', { count: picked.length }));
  return name.slice(0, 200);
};

/** Told with an import at most; more are made as their images come. */
const CLASSES_MOST = 5000;

/** Drop zone and pickers; what was picked is proposed before it is sent, and its progress stands in their place. */
export function UploadPanel() {
  const { t } = useText();
  const { project } = useProject();
  const upload = useUpload(project.id);
  const proposal = useProposal();
  const [over, setOver] = useState(false);
  const [listing, setListing] = useState(false);
  const [fetching, setFetching] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const calls = useImportCalls();
  const start = useMutation({ mutationFn: startUpload });

  const send = async (picked: readonly PickedFile[], reading: Parameters<typeof makeSend>[2]) => {
    const { parts, problems } = planUpload(picked, proposal.find ?? undefined);
    const classes = (proposal.proposal?.classes ?? []).map((one) => one.name).filter((one) => one.length <= 100);
    proposal.drop();
    await start.mutateAsync({
      projectId: project.id,
      name: nameOf(t, picked),
      parts,
      problems,
      classes: classes.slice(0, CLASSES_MOST),
      calls: { ...calls, send: (importId) => makeSend(project.id, importId, reading) },
    });
  };
  const take = async (picked: PickedFile[]) => {
    const { parts, problems } = planUpload(picked);
    if (parts.length === 0) {
      setRefused(problems.length > 0 ? t('data.noneTaken', { kinds: IMAGE_KINDS }) : t('data.nothingIn'));
      return;
    }
    setRefused(null);
    if (!(await proposal.open(picked, nameOf(t, picked)))) await send(picked, { layout: null, names: {} });
  };
  const accept = () => {
    if (proposal.upload === null || proposal.proposal === null) return;
    const { layout } = proposal.proposal;
    void send(
      proposal.upload.picked,
      proposal.upload.isChoosable ? { layout, names: proposal.choice.names } : { layout: null, names: {} },
    );
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void filesOfDrop(event.dataTransfer).then(take);
  };

  if (upload !== null) return <UploadProgress upload={upload} />;
  const proposed = proposal.proposal !== null && (
    <ProposalPanel
      name={proposal.name}
      proposal={proposal.proposal}
      choice={proposal.choice}
      choosable={proposal.upload?.isChoosable ?? false}
      read={proposal.upload?.read ?? null}
      busy={start.isPending}
      onChoice={proposal.choose}
      onAccept={accept}
      onDrop={proposal.drop}
    />
  );
  if (proposed && proposal.upload !== null) return proposed;
  return (
    <>
      {proposed}
      <Panel>
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          className={cn(
            'flex flex-col items-center rounded-lg border border-dashed px-6 py-10 text-center transition-colors',
            over ? 'border-accent bg-accent-soft' : 'border-line-strong',
          )}
        >
          <div
            aria-hidden
            className="mb-3 flex size-10 items-center justify-center rounded-xl border border-line bg-panel text-faint
          shadow-low"
          >
            <Upload size={18} />
          </div>
          <h2 className="text-base">{t('data.dropHere')}</h2>
          <p className="mt-1 max-w-md text-sm text-pretty text-muted">{t('data.kinds', { kinds: IMAGE_KINDS })}</p>
          <div className="mt-4 flex flex-wrap justify-center gap-2">
            <Button
              icon={<Images size={14} />}
              busy={start.isPending || proposal.reading}
              onClick={() => files.current?.click()}
            >
              {t('data.chooseFiles')}
            </Button>
            <Button
              icon={<FolderOpen size={14} />}
              busy={start.isPending || proposal.reading}
              onClick={() => folder.current?.click()}
            >
              {t('data.chooseFolder')}
            </Button>
            <Button variant="ghost" icon={<Link2 size={14} />} onClick={() => setListing(true)}>
              {t('data.fromAddresses')}
            </Button>
            <Button variant="ghost" icon={<Cloud size={14} />} onClick={() => setFetching(true)}>
              {t('data.fromBucket')}
            </Button>
          </div>
          <input
            ref={files}
            type="file"
            multiple
            accept="image/*,.jfif,.heic,.heif,.avif,.tif,.tiff,.bmp,.zip,.csv,.tsv,.json,.jsonl,.xml,.txt"
            aria-label={t('data.filesToImport')}
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              void take(filesOfInput(event.target.files));
              event.target.value = '';
            }}
          />
          <input
            ref={(node) => {
              folder.current = node;
              node?.setAttribute('webkitdirectory', '');
            }}
            type="file"
            aria-label={t('data.folderToImport')}
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              void take(filesOfInput(event.target.files));
              event.target.value = '';
            }}
          />
          {refused !== null && (
            <p role="alert" className="mt-3 text-sm text-bad">
              {refused}
            </p>
          )}
        </div>
        <div className="mt-4 grid gap-x-8 gap-y-4 sm:grid-cols-2">
          <p className="text-sm text-muted">
            <Said
              of="data.comeAlong"
              with={{
                span: <span className="font-mono">{t('data.pathExample')}</span>,
                span2: <span className="font-mono">{t('data.pathExampleSplit')}</span>,
              }}
            />
          </p>
          <SplitShares />
        </div>
        <p className="mt-4 flex items-center gap-1.5 text-xs text-muted">
          <FileArchive size={12} aria-hidden /> {t('data.twiceNothing')}
        </p>
        <BucketDialog open={fetching} onOpenChange={setFetching} onStarted={calls.refresh} />
        <AddressDialog
          open={listing}
          onOpenChange={setListing}
          onTake={(text) => take([{ path: 'addresses.txt', file: new File([text], 'addresses.txt') }])}
        />
      </Panel>
    </>
  );
}
