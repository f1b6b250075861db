'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
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
  const { t } = useText();
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
      ...(sum.held > 0 ? [t('sources.held', { count: sum.held })] : []),
      ...(sum.moved > 0 ? [t('sources.moved', { count: sum.moved })] : []),
    ].join(' ');
    if (sum.excluded === 0) toast.info(t('sources.nothingExcluded'), { description });
    else
      toast.success(t('change.done.exclude', { count: sum.excluded }), {
        description,
        duration: 15_000,
        action: { label: t('hand.undo'), onClick: () => stroke.takeBack(strokeId, sum.excluded) },
      });
  };
  const keep = () => settle.mutate({ projectId: project.id, sourceId: source.id, how: 'keep', strokeId: newId() });
  if (done !== null)
    return <Progress label={t('change.doing.exclude')} done={done} total={total} noun={t('label.images')} />;
  return (
    <>
      <Notice
        tone="warn"
        title={
          replaced === 0
            ? t('sources.vanished', { count: vanished })
            : t('sources.vanishedOrReplaced', { count: total })
        }
        action={
          <span className="flex gap-2">
            <Button size="sm" busy={settle.isPending} onClick={() => setAsks(true)}>
              {t('sources.excludeMore')}
            </Button>
            <Button size="sm" variant="ghost" busy={settle.isPending} onClick={keep}>
              {t('sources.keep')}
            </Button>
          </span>
        }
      >
        {t('sources.stillHere', { count: total })}
      </Notice>
      <Confirm
        open={asks}
        onOpenChange={setAsks}
        title={t('sources.excludeAsk', { count: total })}
        action={t('sources.exclude')}
        onConfirm={exclude}
      >
        {t('sources.excludeWhy')}
      </Confirm>
    </>
  );
}
