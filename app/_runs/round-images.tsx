'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../_text/text.tsx';
import { useHiddenWords } from '../_labeling/hidden-guess.tsx';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { useProject } from '../_shell/project.tsx';
import { Button } from '../_ui/form/button.tsx';
import { ClassBadge } from '../_ui/class-badge.tsx';
import { Loading } from '../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../_ui/states.tsx';
import { ImageDialog } from './image-dialog.tsx';
import type { OpenImage } from './image-dialog.tsx';
import { ImageGrid } from './image-grid.tsx';

const PAGE = 60;
type Cursor = { confidence: number; imageId: string };
const nextPage = (page: readonly Cursor[]): Cursor | undefined => {
  const last = page.at(-1);
  return last && page.length === PAGE ? { confidence: last.confidence, imageId: last.imageId } : undefined;
};

interface Paged {
  isPending: boolean;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

/** Pages of images with a way to more, to one of them, and words when there are none. */
function Images<Item extends Cursor & OpenImage>({
  query,
  images,
  label,
  empty,
  renderCaption,
}: {
  query: Paged;
  images: readonly Item[];
  label: string;
  empty: ReactNode;
  renderCaption: (image: Item) => ReactNode;
}) {
  const { t } = useText();
  const { project, may } = useProject();
  const words = useHiddenWords();
  const [open, setOpen] = useState<OpenImage | null>(null);
  if (query.isPending) return <Loading />;
  if (query.error && images.length === 0)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (images.length === 0)
    return may('prediction:browse') ? (
      <EmptyState title={t('runround.noImages')}>{empty}</EmptyState>
    ) : (
      <EmptyState title={t('runround.noneYet')}>{t('runround.leftOut', { why: words })}</EmptyState>
    );
  return (
    <>
      <ImageGrid projectId={project.id} images={images} label={label} renderCaption={renderCaption} onOpen={setOpen} />
      {query.hasNextPage && (
        <Button className="mt-4" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('common.showMore')}
        </Button>
      )}
      <ImageDialog image={open} onClose={() => setOpen(null)} />
    </>
  );
}

function Name({ classId }: { classId: string | null | undefined }) {
  const { classById } = useProject();
  const look = classById.get(classId ?? '');
  return look ? <ClassBadge look={look} size="sm" /> : <span>–</span>;
}

export interface RoundImagesProps {
  roundId: string;
  classIds: readonly string[];
}

/** Validation images that the round was sure of and got wrong. */
export function Mistakes({ roundId, classIds }: RoundImagesProps) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const query = useInfiniteQuery(
    trpc.round.mistakes.infiniteQueryOptions(
      { projectId: project.id, roundId, limit: PAGE },
      { getNextPageParam: nextPage },
    ),
  );
  return (
    <Images
      query={query}
      images={query.data?.pages.flat() ?? []}
      label={t('runround.mistakes')}
      empty={t('runround.allRight')}
      renderCaption={(image) => (
        <>
          <div className="flex justify-between gap-1">
            <span>{t('runround.said')}</span>
            <span className="tabular">{format.percent(image.confidence, 0)}</span>
          </div>
          <Name classId={classIds[image.classIndex]} />
          <div>{t('runround.peopleSay')}</div>
          <Name classId={image.truthClassId} />
        </>
      )}
    />
  );
}

/** Pool images whose class moved since the round before: all of them still asked about, so for leads alone. */
export function Flips({ roundId }: { roundId: string }) {
  const { t } = useText();
  const { may } = useProject();
  const words = useHiddenWords();
  return may('prediction:browse') ? (
    <FlippedImages roundId={roundId} />
  ) : (
    <EmptyState title={t('runround.leadsSee')}>{words}</EmptyState>
  );
}

function FlippedImages({ roundId }: { roundId: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const query = useInfiniteQuery(
    trpc.round.flips.infiniteQueryOptions(
      { projectId: project.id, roundId, limit: PAGE },
      { getNextPageParam: nextPage },
    ),
  );
  return (
    <Images
      query={query}
      images={query.data?.pages.flat() ?? []}
      label={t('runround.flips')}
      empty={t('runround.noFlips')}
      renderCaption={(image) => <Moved image={image} />}
    />
  );
}

function Moved({ image }: { image: Outputs['round']['flips'][number] }) {
  const { format } = useText();
  return (
    <>
      <div className="flex justify-between gap-1">
        <Name classId={image.otherClassId} />
        <span className="tabular">{format.percent(image.otherConfidence, 0)}</span>
      </div>
      <div className="flex justify-between gap-1">
        <span className="flex min-w-0 items-center gap-1">
          → <Name classId={image.classId} />
        </span>
        <span className="tabular">{format.percent(image.confidence, 0)}</span>
      </div>
    </>
  );
}

/** Images behind one cell of the confusion matrix. */
export function CellImages({
  roundId,
  truthClassId,
  predictedClassId,
}: {
  roundId: string;
  truthClassId: string;
  predictedClassId: string;
}) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const query = useInfiniteQuery(
    trpc.round.cell.infiniteQueryOptions(
      { projectId: project.id, roundId, truthClassId, predictedClassId, limit: PAGE },
      { getNextPageParam: nextPage },
    ),
  );
  return (
    <Images
      query={query}
      images={query.data?.pages.flat() ?? []}
      label={t('runround.cellImages')}
      empty={t('runround.noCellImage')}
      renderCaption={(image) => (
        <span className="tabular">{t('runround.sure', { share: format.percent(image.confidence) })}</span>
      )}
    />
  );
}

/** Validation images that only one of two rounds got right. */
export function Changed({ roundId, otherRoundId }: { roundId: string; otherRoundId: string }) {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const query = useInfiniteQuery(
    trpc.compare.changed.infiniteQueryOptions(
      { projectId: project.id, roundId, otherRoundId, limit: PAGE },
      { getNextPageParam: nextPage },
    ),
  );
  return (
    <Images
      query={query}
      images={query.data?.pages.flat() ?? []}
      label={t('runround.changedImages')}
      empty={t('runround.noChanged')}
      renderCaption={(image) => (
        <>
          <div className={image.classId === image.truthClassId ? 'font-medium text-good' : 'font-medium text-bad'}>
            {t(image.classId === image.truthClassId ? 'runround.mended' : 'runround.lost')}
          </div>
          <div className="flex justify-between gap-1">
            <Name classId={image.otherClassId} />
            <span className="tabular">{format.percent(image.otherConfidence, 0)}</span>
          </div>
          <div className="flex justify-between gap-1">
            <span className="flex min-w-0 items-center gap-1">
              → <Name classId={image.classId} />
            </span>
            <span className="tabular">{format.percent(image.confidence, 0)}</span>
          </div>
        </>
      )}
    />
  );
}
