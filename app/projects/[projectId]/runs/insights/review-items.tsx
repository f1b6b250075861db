'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReviewReason } from '#core/project/project.ts';
import { Said, useText } from '../../../../_text/text.tsx';
import { HiddenGuess } from '../../../../_labeling/hidden-guess.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Badge } from '../../../../_ui/badge.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { ImageDialog } from '../../../../_runs/image-dialog.tsx';
import type { OpenImage } from '../../../../_runs/image-dialog.tsx';
import { ImageGrid } from '../../../../_runs/image-grid.tsx';

/** Items of one reason: what the model said, what people said. */
export function ReviewItems({ reason }: { reason: ReviewReason }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project, classById } = useProject();
  const [open, setOpen] = useState<OpenImage | null>(null);
  const items = useQuery(trpc.insight.items.queryOptions({ projectId: project.id, reason, limit: 120 }));
  if (items.error) return <ErrorState error={items.error} onRetry={() => void items.refetch()} />;
  if (!items.data) return <Loading />;
  if (items.data.length === 0)
    return <EmptyState title={t('runinsight.noneSent')}>{t('runinsight.noneSentWhy')}</EmptyState>;
  return (
    <>
      <ImageGrid
        projectId={project.id}
        images={items.data}
        label={t('runinsight.items')}
        onOpen={(item) =>
          setOpen({ imageId: item.imageId, fileName: item.fileName, truthClassId: item.consensusClassId })
        }
        renderCaption={(item) => {
          const guess = classById.get(item.guessClassId ?? '');
          const answer = classById.get(item.answerClassId ?? '');
          return (
            <>
              <div className="flex justify-between gap-1">
                {item.guessHidden ? <HiddenGuess /> : guess ? <ClassBadge look={guess} size="sm" /> : '–'}
                {!item.guessHidden && <span className="tabular">{format.percent(item.confidence, 0)}</span>}
              </div>
              {answer ? (
                <div className="flex items-center gap-1">
                  <Said of="runinsight.people" with={{ class: <ClassBadge look={answer} size="sm" /> }} />
                </div>
              ) : (
                <Badge tone={item.status === 'open' ? 'accent' : 'neutral'}>
                  {t(`runinsight.state.${item.status}`)}
                </Badge>
              )}
            </>
          );
        }}
      />
      <ImageDialog image={open} onClose={() => setOpen(null)} />
    </>
  );
}
