'use client';
import { Forward, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useText } from '../../_text/text.tsx';
import { cn } from '../../_lib/cn.ts';
import { imageSrc } from '../../_lib/media.ts';
import { useGestures } from './use-gestures.ts';
import type { SwipeActs, SwipeMove } from './use-gestures.ts';
import { FIT } from './view.ts';
import type { View } from './view.ts';

/** How the image on screen is looked at; the next one fits again. */
export function useView(imageId: string | null): [View, (view: View) => void] {
  const [zoomed, setZoomed] = useState<{ id: string; view: View } | null>(null);
  return [
    imageId !== null && zoomed?.id === imageId ? zoomed.view : FIT,
    (view) => imageId !== null && setZoomed({ id: imageId, view }),
  ];
}

export interface Light {
  /** Factors, 1 as it is. */
  brightness: number;
  contrast: number;
  /** Show the pixels of small images instead of smoothing them. */
  pixels: boolean;
}
export const PLAIN_LIGHT: Light = { brightness: 1, contrast: 1, pixels: false };

export interface StageImage {
  id: string;
  fileName: string;
  width: number;
  height: number;
}

/** How long after a decision the page is left in peace. */
const CALM_MS = 90;
/** How far a swiped image gives way, of the finger's way: it shows that it is held, and comes back. */
const GIVES = 0.6;

/**
 * The image, as large as the page allows. The next ones lie ready and painted beneath it, each on a card that covers
 * the stage, so that advancing hides the upper card: nothing is loaded, decoded, laid out or moved.
 */
export function Stage({
  projectId,
  images,
  number,
  ahead,
  view,
  onView,
  light,
  swipes = null,
  children,
}: {
  projectId: string;
  /** The first is seen. */
  images: readonly StageImage[];
  /** Which image of this session it is: it is called so, since its file name may tell the class. */
  number: number;
  /** How many lie ready, the seen one included. */
  ahead: number;
  view: View;
  onView: (view: View) => void;
  light: Light;
  /** What a swipe does while the image is not zoomed. */
  swipes?: SwipeActs | null;
  children?: ReactNode;
}) {
  const { t } = useText();
  const frame = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState<ReadonlySet<string>>(new Set());
  const { swipe, holds, on } = useGestures(frame, { view, onView, swipes });
  const current = images[0];
  const cards = useCards(images, ahead);
  return (
    <div
      ref={frame}
      className={cn(
        'relative isolate min-h-0 flex-1 touch-none overflow-hidden bg-sunken',
        view.zoom > 1 && (holds ? 'cursor-grabbing' : 'cursor-grab'),
      )}
      {...on}
      data-stage={current?.id ?? ''}
    >
      {cards.map(({ image, isGone }, index) => (
        <div
          key={image.id}
          aria-hidden={image !== current}
          className="pointer-events-none absolute inset-0 bg-sunken will-change-[transform,opacity]"
          style={{ zIndex: -index, opacity: isGone ? 0 : 1 }}
        >
          <img
            src={imageSrc(projectId, image.id)}
            alt={image === current ? t('hand.image', { number }) : ''}
            draggable={false}
            decoding="async"
            fetchPriority={index < 2 ? 'high' : 'auto'}
            onError={() => setFailed((before) => new Set(before).add(image.id))}
            className="absolute inset-3 size-[calc(100%-1.5rem)] object-contain select-none"
            style={{
              transform: image === current ? transformOf(view, swipe) : undefined,
              filter:
                light.brightness === 1 && light.contrast === 1
                  ? undefined
                  : `brightness(${light.brightness}) contrast(${light.contrast})`,
              imageRendering: light.pixels ? 'pixelated' : 'auto',
            }}
          />
        </div>
      ))}
      {swipe !== null && swipes !== null && <SwipeWord swipe={swipe} acts={swipes} />}
      {current !== undefined && failed.has(current.id) && (
        <p
          role="alert"
          className="absolute inset-x-0 top-1/2 mx-auto max-w-sm -translate-y-1/2 rounded-lg border border-line bg-panel
          px-4 py-3 text-center text-sm text-muted"
        >
          {t('hand.imageFailed')}
        </p>
      )}
      {children}
    </div>
  );
}

interface Card {
  image: StageImage;
  /** Answered: seen through until it is taken away. */
  isGone: boolean;
}

/**
 * The cards on the stage, the upper first. A decision only makes the upper one invisible, which the compositor does by
 * itself; it is taken away, and others join beneath, a moment later, so that the frame with the next image has nothing
 * to lay out or paint. Nobody outruns it: with none in reserve others join at once.
 */
function useCards(images: readonly StageImage[], ahead: number): readonly Card[] {
  const [calm, setCalm] = useState(images);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(images), CALM_MS);
    return () => clearTimeout(timer);
  }, [images]);
  const left = new Map(images.map((image) => [image.id, image]));
  const [current] = images;
  const laid = calm.slice(0, ahead).map((image): Card => {
    const now = left.get(image.id);
    return { image: now ?? image, isGone: now === undefined };
  });
  const at = laid.findIndex(({ image }) => image.id === current?.id);
  // Outrun, or come back: all cards anew, those that lay there already keep their place in the page.
  if (at < 0 || laid.slice(0, at).some(({ isGone }) => !isGone))
    return images.slice(0, ahead).map((image): Card => ({ image, isGone: false }));
  return laid;
}

function transformOf(view: View, swipe: SwipeMove | null): string | undefined {
  if (swipe !== null) return `translate(${swipe.dx * GIVES}px, 0)`;
  return view.zoom === 1 ? undefined : `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
}

/** What lifting the finger will do: it fills up on the way, and stands out once it counts. */
function SwipeWord({ swipe, acts }: { swipe: SwipeMove; acts: SwipeActs }) {
  const { t } = useText();
  const act = acts[swipe.to];
  const counts = act !== null && swipe.progress >= 1;
  return (
    <div
      role="status"
      className={cn(
        'pointer-events-none absolute top-1/2 flex -translate-y-1/2 items-center gap-2 rounded-full px-4',
        'py-2.5 text-sm font-medium shadow-pop',
        swipe.to === 'left' ? 'right-4' : 'left-4',
        counts ? 'bg-accent text-accent-ink' : 'bg-panel text-muted',
      )}
      style={{ opacity: 0.35 + 0.65 * swipe.progress }}
    >
      {swipe.to === 'left' ? <Forward size={18} aria-hidden /> : <Undo2 size={18} aria-hidden />}
      {act?.word ?? t(swipe.to === 'left' ? 'hand.nothingToSkip' : 'hand.nothingToUndo')}
    </div>
  );
}
