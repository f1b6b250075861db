'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { useProject } from '../_shell/project.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Select } from '../_ui/form/select.tsx';

type Reason = 'flip' | 'suspect-label' | 'audit' | 'uncertain';
const COUNTS = ['20', '50', '100', '200'] as const;

/** Sends images of a round to people. */
export function QueueButton({ roundId, reason }: { roundId: string; reason: Reason }) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const [count, setCount] = useState<(typeof COUNTS)[number]>('50');
  const queue = useMutation(
    trpc.insight.queue.mutationOptions({
      onSuccess: ({ queued }) => {
        if (queued === 0)
          toast.info(t('run.queue.nothing'), {
            description: t(reason === 'suspect-label' ? 'run.queue.noSuspect' : 'run.queue.all'),
          });
        else toast.success(t('run.queue.sent', { queued }));
        void queryClient.invalidateQueries(trpc.insight.pathFilter());
      },
    }),
  );
  if (!may('review:manage')) return null;
  return (
    <span className="inline-flex items-center gap-1.5">
      <Select
        size="sm"
        label={t('grid.howMany')}
        className="w-18"
        value={count}
        onChange={setCount}
        options={COUNTS.map((value) => ({ value, label: value }))}
      />
      <Button
        size="sm"
        icon={<Send size={13} aria-hidden />}
        busy={queue.isPending}
        onClick={() => queue.mutate({ projectId: project.id, roundId, reason, count: Number(count) })}
      >
        {t(`run.queue.${reason}`)}
      </Button>
    </span>
  );
}
