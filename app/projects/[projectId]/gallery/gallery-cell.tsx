'use client';
import { Flag, Gem, Tags } from 'lucide-react';
import type { ReactNode } from 'react';
import { HiddenGuess } from '../../../_labeling/hidden-guess.tsx';
import { useText } from '../../../_text/text.tsx';
import { cn } from '../../../_lib/cn.ts';
import { formatPercent } from '../../../_lib/format.ts';
import { thumbnailSrc } from '../../../_lib/media.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import type { ClassBadgeProps } from '../../../_ui/class-badge.tsx';
import { Checkbox } from '../../../_ui/form/toggles.tsx';
import type { GalleryImage } from './use-gallery.ts';

export interface GalleryCellProps {
  image: GalleryImage;
  size: number;
  selected: boolean;
  /** Something is selected: a click selects too. */
  selecting: boolean;
  mayPick: boolean;
  onOpen: () => void;
  onToggle: (range: boolean) => void;
}

/**
 * A thumbnail with what is known of it. A person's answer is plain; a model's stands in italics, never without its
 * confidence, nor its confidence beside another class.
 */
export function GalleryCell({ image, size, selected, selecting, mayPick, onOpen, onToggle }: GalleryCellProps) {
  const { t } = useText();
  const { project, classById } = useProject();
  const human = image.classId === null ? undefined : classById.get(image.classId);
  const guess = image.predictedClassId === null ? undefined : classById.get(image.predictedClassId);
  return (
    <div className="group">
      <div
        className={cn(
          'relative overflow-hidden rounded-md border bg-sunken',
          selected ? 'border-accent ring-2 ring-accent' : 'border-line',
        )}
        style={{ height: size }}
      >
        <button
          type="button"
          tabIndex={-1}
          aria-label={t('gallery.open', { file: image.fileName })}
          className="block size-full !cursor-pointer"
          onClick={(event) =>
            mayPick && (selecting || event.shiftKey || event.metaKey || event.ctrlKey)
              ? onToggle(event.shiftKey)
              : onOpen()
          }
        >
          <img
            src={thumbnailSrc(project.id, image.id)}
            alt={image.fileName}
            loading="lazy"
            decoding="async"
            draggable={false}
            className={cn(
              'size-full object-contain',
              Math.max(image.width, image.height) < 64 && '[image-rendering:pixelated]',
            )}
          />
        </button>
        {mayPick && (
          <span
            className={cn(
              'absolute top-1.5 left-1.5',
              !selected && !selecting && 'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100',
            )}
          >
            <Checkbox
              checked={selected}
              onChange={() => onToggle(false)}
              ariaLabel={t('gallery.select', { file: image.fileName })}
            />
          </span>
        )}
        <span className="pointer-events-none absolute top-1.5 right-1.5 flex gap-1">
          {image.tags.length > 0 && (
            <Mark label={t('gallery.tags', { tags: image.tags.join(', ') })}>
              <Tags size={11} aria-hidden />
            </Mark>
          )}
          {image.flagged && (
            <Mark label={t('gallery.flagged')}>
              <Flag size={11} aria-hidden />
            </Mark>
          )}
          {image.goldClassId !== null && (
            <Mark label={t('gallery.gold')}>
              <Gem size={11} aria-hidden />
            </Mark>
          )}
        </span>
        {image.state === 'disputed' && (
          <span className="absolute inset-x-0 bottom-0 bg-warn-soft py-0.5 text-center text-2xs font-medium text-warn">
            {t('gallery.disputedMark')}
          </span>
        )}
      </div>
      <div className="flex h-5 items-center justify-between gap-1 text-xs">
        {human !== undefined && <ClassBadge look={human} size="sm" className="min-w-0" />}
        {human === undefined &&
          guess === undefined &&
          (image.guessHidden ? <HiddenGuess /> : <span className="text-faint">–</span>)}
        {guess !== undefined && guess !== human && <ModelSays guess={guess} confidence={image.confidence} />}
      </div>
    </div>
  );
}

function ModelSays({ guess, confidence }: { guess: ClassBadgeProps['look']; confidence: number | null }) {
  const { t } = useText();
  const words = t('gallery.modelSays', { class: guess.name, confidence: formatPercent(confidence, 0) });
  return (
    <span
      role="img"
      aria-label={words}
      title={words}
      className="flex min-w-0 flex-1 items-center justify-between gap-1 text-muted italic"
    >
      <ClassBadge look={guess} size="sm" className="min-w-0" />
      <span className="shrink-0 text-2xs tabular">{formatPercent(confidence, 0)}</span>
    </span>
  );
}

const Mark = ({ label, children }: { label: string; children: ReactNode }) => (
  <span
    role="img"
    aria-label={label}
    title={label}
    className="flex size-5 items-center justify-center rounded-full bg-raised text-ink shadow-pop"
  >
    {children}
  </span>
);
