'use client';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useText } from '../../../_text/text.tsx';
import { useHotkeys } from '../../../_keys/keys.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { Sheet } from '../../../_ui/dialog.tsx';
import type { GalleryFilter } from '../gallery/gallery-filter.ts';
import { ImageDetail } from './image-detail.tsx';

export interface ImageSheetProps {
  /** Null: shut. */
  imageId: string | null;
  /** What the gallery is filtered by. */
  found?: GalleryFilter;
  onClose: () => void;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

/** An image over the gallery; ← and → go through what the gallery shows. */
export function ImageSheet({ imageId, found = {}, onClose, onPrevious, onNext }: ImageSheetProps) {
  const { t } = useText();
  const { project } = useProject();
  useHotkeys(imageId === null ? {} : { ArrowLeft: onPrevious, ArrowRight: onNext }, 'everywhere');
  return (
    <Sheet
      open={imageId !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('title.image')}
      size="lg"
      footer={
        imageId !== null && (
          <>
            <IconButton
              label={t('image.previous')}
              variant="secondary"
              shortcut="ArrowLeft"
              disabled={onPrevious === null}
              onClick={() => onPrevious?.()}
            >
              <ChevronLeft size={16} aria-hidden />
            </IconButton>
            <IconButton
              label={t('image.next')}
              variant="secondary"
              shortcut="ArrowRight"
              disabled={onNext === null}
              onClick={() => onNext?.()}
            >
              <ChevronRight size={16} aria-hidden />
            </IconButton>
            <Button asChild variant="ghost" className="ml-auto">
              <Link href={projectHref(project.id, `images/${imageId}`)}>{t('image.ownPage')}</Link>
            </Button>
          </>
        )
      }
    >
      {imageId !== null && <ImageDetail key={imageId} imageId={imageId} found={found} />}
    </Sheet>
  );
}
