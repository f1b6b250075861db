'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Info } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { useText } from '../../../_text/text.tsx';
import { useTRPC, useTRPCClient } from '../../../_lib/api.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
import { newId } from '../../../_lib/id.ts';
import { useStable } from '../../../_keys/use-stable.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Avatar } from '../../../_ui/avatar.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { IconButton } from '../../../_ui/form/button.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { ClassBar } from '../../../_labeling/class-bar.tsx';
import { Comments } from '../../../_labeling/comments.tsx';
import { PLAIN_LIGHT, Stage, useView } from '../../../_labeling/stage/stage.tsx';
import { useClassKeys } from '../../../_labeling/use-class-keys.ts';

/** A lead settles what people disagree on: who said what, then one key. */
export function DisputedPage({ filter }: { filter: ReactNode }) {
  const { t } = useText();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { project, classes, classById } = useProject();
  const [settled, setSettled] = useState<ReadonlySet<string>>(new Set());
  const [sheet, setSheet] = useState(false);
  const [later, setLater] = useState<readonly string[]>([]);
  const searchRef = useRef<HTMLInputElement>(null);
  const list = useQuery(trpc.review.disputed.queryOptions({ projectId: project.id, limit: 60 }));
  const refetch = () => void queryClient.invalidateQueries(trpc.review.disputed.queryFilter({ projectId: project.id }));
  useEvent('annotation:submitted', () => list.data !== undefined && list.data.length < 5 && refetch());
  const open = (list.data ?? []).filter((item) => !settled.has(item.id));
  const images = [
    ...open.filter((item) => !later.includes(item.id)),
    ...later.flatMap((id) => open.find((item) => item.id === id) ?? []),
  ];
  const current = images[0] ?? null;
  const [view, onView] = useView(current?.id ?? null);
  useAnnouncePresence(project.id, 'review', current?.id ?? null);

  const adjudicate = useMutation(
    trpc.label.adjudicate.mutationOptions({
      onError: (_error, input) => setSettled((before) => new Set([...before].filter((id) => id !== input.imageId))),
      onSuccess: (_result, input) => {
        toast(t('review.decided'), {
          id: 'adjudicated',
          action: {
            label: t('hand.undo'),
            onClick: () =>
              void client.label.undo.mutate({ projectId: project.id, id: newId(), annotationId: input.id }).then(() => {
                setSettled((before) => new Set([...before].filter((id) => id !== input.imageId)));
                refetch();
              }),
          },
        });
        if (images.length < 5) refetch();
      },
    }),
  );
  const decide = (classId: string) => {
    if (current === null) return;
    setSettled((before) => new Set(before).add(current.id));
    adjudicate.mutate({ projectId: project.id, id: newId(), imageId: current.id, classId });
  };
  const putBehind = () =>
    current !== null && setLater((before) => [...before.filter((id) => id !== current.id), current.id]);
  const swipes = current === null ? null : { left: { word: t('review.later'), run: putBehind }, right: null };
  const keyOf = useClassKeys({
    searchRef,
    onClass: decide,
    onControl: (key) => {
      if (key !== 'Space' || current === null) return false;
      putBehind();
      return true;
    },
  });
  const choose = useStable(decide);
  if (list.error)
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} className="min-h-[60dvh]" />;
  if (list.data === undefined) return <Loading className="min-h-[60dvh]" />;
  const beside =
    current === null ? null : (
      <>
        <section>
          <h2 className="mb-2 text-sm">{t('review.whoSaid')}</h2>
          <ul className="space-y-2">
            {current.votes.map((vote) => (
              <li key={vote.memberId} className="flex items-center gap-2 text-sm">
                <Avatar name={vote.name} seed={vote.memberId} size={20} />{' '}
                <span className="min-w-0 flex-1 truncate">{vote.name}</span>
                {vote.classIds.map((id) => {
                  const look = classById.get(id);
                  return look === undefined ? null : <ClassBadge key={id} look={look} />;
                })}
              </li>
            ))}
          </ul>
          <p className="mt-3 text-xs text-muted">{t('review.youDecide')}</p>
        </section>
        <Comments key={current.id} imageId={current.id} />
      </>
    );
  return (
    <div className="hand-page touch-targets flex">
      <h1 className="sr-only">{t('review.disputed')}</h1>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex min-h-11 shrink-0 items-center gap-2 border-b border-line bg-panel px-2">
          {filter}
          <span className="text-xs text-muted">
            {t(images.length >= 60 ? 'review.imagesMore' : 'review.images', { count: images.length })}
          </span>
          <IconButton
            label={t('review.whoSaid')}
            size="sm"
            className="ml-auto lg:hidden"
            disabled={current === null}
            onClick={() => setSheet(true)}
          >
            <Info size={16} aria-hidden />
          </IconButton>
        </div>
        {current === null ? (
          <div className="flex min-h-0 flex-1 items-center justify-center bg-sunken">
            <EmptyState title={t('review.nobodyDisagrees')}>{t('review.nobodyDisagreesWhy')}</EmptyState>
          </div>
        ) : (
          <Stage
            projectId={project.id}
            images={images}
            number={1}
            ahead={3}
            view={view}
            onView={onView}
            light={PLAIN_LIGHT}
            swipes={swipes}
          />
        )}
        <ClassBar
          classes={classes}
          keyOf={keyOf}
          chosen={null}
          disabled={current === null}
          onChoose={choose}
          searchRef={searchRef}
        />
      </div>
      {beside !== null && (
        <>
          <aside
            aria-label={t('review.whoSaid')}
            className="hidden w-72 shrink-0 space-y-5 overflow-y-auto border-l border-line bg-panel p-4 lg:block"
          >
            {beside}
          </aside>
          <Dialog open={sheet} onOpenChange={setSheet} title={t('review.whoSaid')} side="right" size="sm">
            <div className="space-y-5">{beside}</div>
          </Dialog>
        </>
      )}
    </div>
  );
}
