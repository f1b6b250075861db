'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pause, Play, Square, StepForward } from 'lucide-react';
import { useState } from 'react';
import { nextRunStatus } from '#core/run/run.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { useText } from '../../../../_text/text.tsx';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Confirm } from '../../../../_ui/dialog.tsx';
import type { RunView } from '../../../../_runs/use-run.ts';

/** What a lead may do with the run now; the same transition table decides on the server. */
export function RunControls({ run }: { run: Pick<RunView, 'id' | 'number' | 'status'> }) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const [stopping, setStopping] = useState(false);
  const control = useMutation(
    trpc.run.control.mutationOptions({
      onSettled: () =>
        queryClient.invalidateQueries(trpc.run.get.queryFilter({ projectId: project.id, runId: run.id })),
    }),
  );
  if (!may('run:control')) return null;
  const give = (command: 'pause' | 'resume' | 'go-on' | 'cancel') =>
    control.mutateAsync({ projectId: project.id, runId: run.id, command });
  const allowed = (command: 'pause' | 'resume' | 'go-on' | 'cancel') => nextRunStatus(run.status, command) !== null;
  const busy = (command: string) => control.isPending && control.variables.command === command;
  return (
    <>
      {allowed('go-on') && (
        <Button
          variant="primary"
          icon={<StepForward size={14} aria-hidden />}
          busy={busy('go-on')}
          onClick={() => void give('go-on').catch(() => undefined)}
        >
          {t('runpage.goOn')}
        </Button>
      )}
      {allowed('resume') && (
        <Button
          variant="primary"
          icon={<Play size={14} aria-hidden />}
          busy={busy('resume')}
          onClick={() => void give('resume').catch(() => undefined)}
        >
          {t('runpage.resume')}
        </Button>
      )}
      {allowed('pause') && (
        <Button
          icon={<Pause size={14} aria-hidden />}
          busy={busy('pause')}
          onClick={() => void give('pause').catch(() => undefined)}
        >
          {t('runpage.pause')}
        </Button>
      )}
      {allowed('cancel') && (
        <Button
          variant="danger-quiet"
          icon={<Square size={13} aria-hidden />}
          busy={busy('cancel')}
          onClick={() => setStopping(true)}
        >
          {t('runpage.cancel')}
        </Button>
      )}
      <Confirm
        open={stopping}
        onOpenChange={setStopping}
        title={t('runpage.cancelAsk', { number: String(run.number) })}
        action={t('runpage.cancelIt')}
        danger
        onConfirm={() => give('cancel')}
      >
        {t('runpage.cancelWhy')}
      </Confirm>
    </>
  );
}
