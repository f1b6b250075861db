'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTRPC } from '../_lib/api.ts';
import { plural } from '../_lib/format.ts';
import { useProject } from '../_shell/project.tsx';
import { Button } from '../_ui/form/button.tsx';
import { Select } from '../_ui/form/select.tsx';

const WORDS = {
  flip: 'Queue flips',
  'suspect-label': 'Queue suspects',
  audit: 'Queue an audit',
  uncertain: 'Queue uncertain images',
} as const;
const SENT = 'Every such image is in the queue already.';
const NOTHING: Record<keyof typeof WORDS, string> = {
  flip: SENT,
  audit: SENT,
  uncertain: SENT,
  'suspect-label': 'No label is contradicted clearly enough, or those that are stand in the queue already.',
};
const COUNTS = ['20', '50', '100', '200'] as const;

/** Sends images of a round to people. */
export function QueueButton({ roundId, reason }: { roundId: string; reason: keyof typeof WORDS }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { project, may } = useProject();
  const [count, setCount] = useState<(typeof COUNTS)[number]>('50');
  const queue = useMutation(
    trpc.insight.queue.mutationOptions({
      onSuccess: ({ queued }) => {
        if (queued === 0) toast.info('Nothing new to send', { description: NOTHING[reason] });
        else toast.success(`${plural(queued, 'image')} sent to review`);
        void queryClient.invalidateQueries(trpc.insight.pathFilter());
      },
    }),
  );
  if (!may('review:manage')) return null;
  return (
    <span className="inline-flex items-center gap-1.5">
      <Select
        size="sm"
        label="How many"
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
        {WORDS[reason]}
      </Button>
    </span>
  );
}
