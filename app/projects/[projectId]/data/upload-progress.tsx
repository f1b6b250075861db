'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { readSaid } from '../../../_lib/error.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { forgetUpload, retryUpload } from './uploads.ts';
import type { Upload } from './uploads.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Progress } from '../../../_ui/progress.tsx';
import { Stat, StatRow } from '../../../_ui/stat.tsx';
import { hasTallies, ImportTally } from './import-tally.tsx';
import { ProblemList } from './problem-list.tsx';

/** How an upload goes: bytes on their way, images taken, what failed and why. */
export function UploadProgress({ upload }: { upload: Upload }) {
  const { t, format } = useText();
  const { project, classes } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = { projectId: project.id, importId: upload.importId };
  // What is sent may still be counted: until the server has closed the import its counts are not the last ones.
  const row = useQuery(
    trpc.image.getImport.queryOptions(key, {
      refetchInterval: (query) =>
        upload.state.phase === 'sending' ? 1500 : query.state.data?.status === 'running' ? 500 : false,
    }),
  );
  const refresh = () => void queryClient.invalidateQueries(trpc.image.getImport.queryFilter(key));
  useEvent('image:imported', (event) => event.importId === upload.importId && refresh());
  useEvent('import:ended', (event) => event.importId === upload.importId && refresh());

  const again = useMutation({ mutationFn: retryUpload });

  const { state } = upload;
  const [now, setNow] = useState(state.startedAt);
  useEffect(() => {
    if (state.phase !== 'sending') return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [state.phase]);
  const seconds = Math.max(0.5, (now - state.startedAt) / 1000);
  const allSent = state.sentBytes >= state.totalBytes;
  const byteRate = state.sentBytes / seconds;
  const taken = row.data === undefined ? 0 : row.data.imported + row.data.duplicates + row.data.failed;
  const imageRate = taken / seconds;
  const imagesTotal = row.data?.total ?? null;
  // Of a failed import the first problem is its end, which stands below in words of its own.
  const problems = [...state.problems, ...(row.data?.errors.slice(row.data.status === 'failed' ? 1 : 0) ?? [])];
  const complete = state.phase === 'done';
  const isCounting = complete && row.data?.status === 'running';
  const title =
    state.phase === 'sending'
      ? t('data.importing')
      : isCounting
        ? t('data.counting')
        : t(complete ? 'data.finished' : 'data.stopped');

  return (
    <Panel
      title={title}
      description={state.phase === 'sending' ? t('data.goOn') : undefined}
      actions={
        state.phase === 'sending' ? (
          <Button size="sm" onClick={upload.cancel}>
            {t('data.stop')}
          </Button>
        ) : (
          <>
            {complete && (
              <Button asChild size="sm" variant="primary">
                {classes.length === 0 ? (
                  <Link href={projectHref(project.id, 'settings#classes')}>{t('hand.makeClasses')}</Link>
                ) : (
                  <Link href={projectHref(project.id, 'label')}>{t('data.startLabeling')}</Link>
                )}
              </Button>
            )}
            <Button size="sm" onClick={() => forgetUpload(project.id)}>
              {t(complete ? 'data.importMore' : 'data.leaveIt')}
            </Button>
          </>
        )
      }
    >
      <div className="space-y-4">
        {state.phase === 'sending' && !allSent && (
          <div className="space-y-1.5">
            <Progress bare label={t('data.sending')} done={state.sentBytes} total={Math.max(1, state.totalBytes)} />
            <p className="flex flex-wrap justify-between gap-x-4 text-xs text-muted tabular">
              <span>
                {t('data.sendingOf', { sent: format.bytes(state.sentBytes), total: format.bytes(state.totalBytes) })}
              </span>
              <span>
                {t('data.bytesLeft', {
                  rate: format.bytes(byteRate),
                  left: format.duration((state.totalBytes - state.sentBytes) / Math.max(1, byteRate)),
                })}
              </span>
            </p>
          </div>
        )}
        {state.phase === 'sending' && (
          <Progress
            label={t('data.takingIn')}
            done={taken}
            total={imagesTotal}
            noun={t('label.images')}
            rate={imageRate}
            secondsLeft={imagesTotal === null || imageRate === 0 ? null : (imagesTotal - taken) / imageRate}
          />
        )}
        {row.data && !isCounting && (
          <StatRow>
            <Stat
              label={t('data.newImages')}
              value={format.number(row.data.imported)}
              note={state.phase === 'sending' ? format.rate(imageRate) : format.bytes(row.data.bytes)}
            />
            <Stat label={t('data.alreadyHere')} value={format.number(row.data.duplicates)} />
            <Stat label={t('data.cameLabeled')} value={format.number(row.data.labeled)} />
            <Stat
              label={t('data.notTaken')}
              value={format.number(row.data.failed + state.problems.length + state.failed.length)}
            />
          </StatRow>
        )}
        {row.data && !isCounting && hasTallies(row.data) && <ImportTally tallies={row.data} />}
        {state.failed.length > 0 && state.phase !== 'sending' && (
          <div
            className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-warn-soft px-4 py-2.5
          text-sm"
          >
            <span>
              {t('data.notSent', {
                count: state.failed.length,
                message: readSaid(state.failed[0]?.said, state.failed[0]?.message ?? ''),
              })}
            </span>
            <Button size="sm" busy={again.isPending} onClick={() => again.mutate(project.id)}>
              {t('data.sendAgain')}
            </Button>
          </div>
        )}
        <ProblemList problems={problems} total={(row.data?.failed ?? 0) + state.problems.length} />
        <ProblemList problems={row.data?.notes ?? []} total={row.data?.noted ?? 0} areTaken />
      </div>
    </Panel>
  );
}
