'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTRPC } from '../../../../_lib/api.ts';
import { plural } from '../../../../_lib/format.ts';
import { newId } from '../../../../_lib/id.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Confirm } from '../../../../_ui/dialog.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Progress } from '../../../../_ui/progress.tsx';
import { Notice } from '../../../../_ui/states.tsx';
import { useStroke } from '../../gallery/use-stroke.ts';
import type { Source } from './words.ts';

/** What has gone from a source: its images are excluded, to be undone, or stay. */
export function VanishedNotice({ source }: { source: Source }) {
  const { project } = useProject();
  const trpc = useTRPC();
  const stroke = useStroke(project.id);
  const settle = useMutation(trpc.source.settle.mutationOptions());
  const [asks, setAsks] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const { vanished, replaced } = source.counts;
  const total = vanished + replaced;

  const exclude = async () => {
    const strokeId = newId();
    const sum = { excluded: 0, held: 0, moved: 0 };
    try {
      for (let after: string | null = ''; after !== null;) {
        const piece: Awaited<ReturnType<typeof settle.mutateAsync>> = await settle.mutateAsync({
          projectId: project.id,
          sourceId: source.id,
          how: 'exclude',
          strokeId,
          after,
        });
        sum.excluded += piece.excluded;
        sum.held += piece.held;
        sum.moved += piece.moved;
        setDone(sum.excluded + sum.held + sum.moved);
        ({ after } = piece);
      }
    } finally {
      setDone(null);
    }
    const description = [
      ...(sum.held > 0
        ? [`${plural(sum.held, 'image stays', 'images stay')}: still at the source, or gone here too.`]
        : []),
      ...(sum.moved > 0
        ? [`${plural(sum.moved, 'file seems', 'files seem')} to have another name now. Take what is new first.`]
        : []),
    ].join(' ');
    if (sum.excluded === 0) toast.info('Nothing was excluded', { description });
    else
      toast.success(`${plural(sum.excluded, 'image')} excluded`, {
        description,
        duration: 15_000,
        action: { label: 'Undo', onClick: () => stroke.takeBack(strokeId, sum.excluded) },
      });
  };
  const keep = () => settle.mutate({ projectId: project.id, sourceId: source.id, how: 'keep', strokeId: newId() });
  if (done !== null) return <Progress label="Excluding" done={done} total={total} noun="images" />;
  return (
    <>
      <Notice
        tone="warn"
        title={
          replaced === 0
            ? `${plural(vanished, 'image is', 'images are')} no longer there.`
            : `${plural(total, 'image is', 'images are')} no longer there or replaced by another one.`
        }
        action={
          <span className="flex gap-2">
            <Button size="sm" busy={settle.isPending} onClick={() => setAsks(true)}>
              Exclude…
            </Button>
            <Button size="sm" variant="ghost" busy={settle.isPending} onClick={keep}>
              Keep
            </Button>
          </span>
        }
      >
        They are still in the project.
      </Notice>
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title={`Exclude ${plural(total, 'image')}?`}
        action="Exclude"
        onConfirm={exclude}
      >
        Nobody is asked about them any more and nothing is learned from them. What was said of them stays, and it can be
        undone. What is still there under another name stays.
      </Confirm>
    </>
  );
}
