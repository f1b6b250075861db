'use client';
import { roundWords } from '../../../_labeling/round-words.ts';
import { runWords } from '../../../_runs/words.tsx';
import { useQuery } from '@tanstack/react-query';
import { Flag, Gem } from 'lucide-react';
import type { ReactNode } from 'react';
import { useHiddenWords } from '../../../_labeling/hidden-guess.tsx';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { cn } from '../../../_lib/cn.ts';
import { formatBytes, formatPercent } from '../../../_lib/format.ts';
import { imageSrc } from '../../../_lib/media.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { Skeleton } from '../../../_ui/spinner.tsx';
import { ErrorState } from '../../../_ui/states.tsx';
import type { GalleryFilter } from '../gallery/gallery-filter.ts';
import { ImageActions } from './image-actions.tsx';
import { GoldControl } from './gold-control.tsx';
import type { ImageStory } from './image-story.ts';
import { ImageComments } from './image-comments.tsx';
import { ImageHistory } from './image-history.tsx';

/** An image with everything that is known of it: what people said, what each round said, what was remarked. */
export function ImageDetail({ imageId, found = {} }: { imageId: string; found?: GalleryFilter }) {
  const { t } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const story = useQuery(trpc.gallery.image.queryOptions({ projectId: project.id, imageId }));
  if (story.error && !story.data) return <ErrorState error={story.error} onRetry={() => void story.refetch()} />;
  const image = story.data?.image;
  return (
    <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <div className="space-y-4">
        <div
          className="flex aspect-square items-center justify-center overflow-hidden rounded-lg border border-line
        bg-sunken"
        >
          <img
            src={imageSrc(project.id, imageId)}
            alt={image?.fileName ?? ''}
            className={cn(
              'size-full object-contain',
              image !== undefined && Math.max(image.width, image.height) < 200 && '[image-rendering:pixelated]',
            )}
          />
        </div>
        {image === undefined ? <Skeleton className="h-24" /> : <Facts image={image} />}
      </div>
      {story.data === undefined ? (
        <Skeleton className="h-64" />
      ) : (
        <div className="space-y-6">
          <Answer image={story.data.image} />
          {may('image:change') && <ImageActions image={story.data.image} found={found} />}
          {may('annotation:adjudicate') && (
            <GoldControl
              imageId={imageId}
              goldClassId={story.data.image.goldClassId}
              answerClassId={story.data.image.consensusClassId}
            />
          )}
          <Predictions predictions={story.data.predictions} />
          <Section title={t('image.history')}>
            <ImageHistory history={story.data.history} />
          </Section>
          <Section title={t('hand.comments')}>
            <ImageComments imageId={imageId} comments={story.data.comments} />
          </Section>
        </div>
      )}
    </div>
  );
}

export const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h3 className="mb-2 text-xs font-medium text-muted">{title}</h3>
    {children}
  </section>
);

function Answer({ image }: { image: ImageStory['image'] }) {
  const { t } = useText();
  const { classById } = useProject();
  const look = image.consensusClassId === null ? undefined : classById.get(image.consensusClassId);
  return (
    <div className="flex flex-wrap items-center gap-2">
      {look !== undefined && (
        <span className="text-base font-semibold">
          <ClassBadge look={look} className="!text-base" />
        </span>
      )}
      <Badge
        tone={
          image.consensusState === 'disputed'
            ? 'warn'
            : image.consensusState === 'agreed' || image.consensusState === 'adjudicated'
              ? 'good'
              : 'neutral'
        }
      >
        {image.consensusState === 'agreed' && image.answerCount === 1
          ? t('image.oneAnswer')
          : t(`image.state.${image.consensusState}`)}
      </Badge>
      {image.flagged && (
        <Badge tone="warn" icon={<Flag size={10} aria-hidden />}>
          {t('image.flagged')}
        </Badge>
      )}
      {image.goldClassId !== null && (
        <Badge tone="accent" icon={<Gem size={10} aria-hidden />}>
          {t('image.gold')}
        </Badge>
      )}
    </div>
  );
}

function Facts({ image }: { image: ImageStory['image'] }) {
  const { t, format } = useText();
  const facts: [string, string][] = [
    [t('image.file'), image.fileName],
    [
      t('image.size'),
      [
        `${image.width} × ${image.height} px`,
        t(image.channels === 1 ? 'image.grayscale' : 'image.colour'),
        formatBytes(image.bytes),
      ].join(', '),
    ],
    [t('image.split'), t(`common.split.${image.split}`)],
    [t('image.answers'), t('image.people', { count: image.answerCount })],
    [t('image.imported'), format.date(image.createdAt)],
  ];
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Predictions({ predictions }: { predictions: ImageStory['predictions'] }) {
  const { t } = useText();
  const { classById } = useProject();
  const words = useHiddenWords();
  if (predictions === null)
    return (
      <Section title={t('image.roundsSaid')}>
        <p className="text-sm text-muted">— {words}</p>
      </Section>
    );
  if (predictions.length === 0) return null;
  return (
    <Section title={t('image.roundsSaid')}>
      <ul className="space-y-1">
        {predictions.map((one) => {
          const best = one.probabilities.indexOf(Math.max(...one.probabilities));
          const look = classById.get(one.classIds[best] ?? '');
          return (
            <li key={one.roundId} className="flex items-center gap-3 text-sm">
              <span className="w-28 shrink-0 text-xs text-muted">
                {runWords(t, { number: one.runNumber, name: one.runName })}, {roundWords(t, one)}
              </span>
              <span className="w-28 shrink-0">{look === undefined ? '–' : <ClassBadge look={look} size="sm" />}</span>
              <span aria-hidden className="h-1.5 min-w-0 flex-1 rounded-full bg-press">
                <span className="block h-full rounded-full bg-accent" style={{ width: `${one.confidence * 100}%` }} />
              </span>
              <span className="w-12 shrink-0 text-right text-xs tabular">{formatPercent(one.confidence)}</span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
