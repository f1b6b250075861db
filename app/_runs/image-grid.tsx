'use client';
import type { ReactNode } from 'react';
import { cn } from '../_lib/cn.ts';
import { thumbnailSrc } from '../_lib/media.ts';

export interface GridImage {
  imageId: string;
  fileName: string;
}

export interface ImageGridProps<Item extends GridImage> {
  projectId: string;
  images: readonly Item[];
  label: string;
  renderCaption: (image: Item) => ReactNode;
  onOpen?: (image: Item) => void;
  className?: string;
}

/** Small images with what is to be known of each below it; as many columns as fit. */
export function ImageGrid<Item extends GridImage>({
  projectId,
  images,
  label,
  renderCaption,
  onOpen,
  className,
}: ImageGridProps<Item>) {
  return (
    <ul aria-label={label} className={cn('grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-3', className)}>
      {images.map((image) => {
        const picture = (
          <img
            src={thumbnailSrc(projectId, image.imageId)}
            alt={image.fileName}
            loading="lazy"
            decoding="async"
            className="aspect-square w-full rounded-md border border-line bg-sunken object-contain
            [image-rendering:auto]"
          />
        );
        return (
          <li key={image.imageId} className="min-w-0">
            {onOpen === undefined ? (
              picture
            ) : (
              <button type="button" onClick={() => onOpen(image)} className="block w-full rounded-md">
                {picture}
              </button>
            )}
            <div className="mt-1 space-y-0.5 text-2xs text-muted">{renderCaption(image)}</div>
          </li>
        );
      })}
    </ul>
  );
}
