'use client';
import { Images } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useState } from 'react';
import { parseGallery, countFilters, writeGallery } from './gallery-filter.ts';
import type { GalleryFilter, GalleryOrder } from './gallery-filter.ts';
import { useHotkeys } from '../../../_keys/keys.ts';
import { useAnnouncePresence } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Loading } from '../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../_ui/states.tsx';
import { VirtualGrid } from './virtual-grid.tsx';
import { ImageSheet } from '../images/image-sheet.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { FilterBar } from './filter-bar.tsx';
import { GalleryCell } from './gallery-cell.tsx';
import { useGallery } from './use-gallery.ts';
import type { GalleryImage } from './use-gallery.ts';

/** Most images one bulk action takes. */
const SELECT_MOST = 1000;

export function GalleryPage() {
  const { project, may } = useProject();
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const { filter, order } = useMemo(() => parseGallery(new URLSearchParams(search), may), [search, may]);
  const gallery = useGallery(project.id, filter, order);
  const images = useMemo(() => gallery.data?.pages.flatMap((page) => page.images) ?? [], [gallery.data]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState(0);
  const [open, setOpen] = useState<number | null>(null);
  useAnnouncePresence(project.id, 'gallery', open === null ? null : (images[open]?.id ?? null));
  const clear = useCallback(() => setSelected(new Set()), []);
  useHotkeys({ Escape: open === null ? clear : null });

  const change = (next: GalleryFilter, nextOrder: GalleryOrder) => {
    clear();
    setOpen(null);
    const address = writeGallery(next, nextOrder);
    router.replace(address === '' ? path : `${path}?${address}`, { scroll: false });
  };
  const toggle = (image: GalleryImage, index: number, range: boolean) => {
    const next = new Set(selected);
    if (range) {
      for (const one of images.slice(Math.min(anchor, index), Math.max(anchor, index) + 1))
        if (next.size < SELECT_MOST) next.add(one.id);
    } else if (!next.delete(image.id) && next.size < SELECT_MOST) next.add(image.id);
    setSelected(next);
    setAnchor(index);
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = gallery;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const filtered = countFilters(filter) > 0;
  const mayPick = may('annotation:submit');

  return (
    <div className="flex h-[calc(100dvh-3rem)] flex-col max-md:h-[calc(100dvh-6.5rem)]">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-panel px-4 py-2.5">
        <h1 className="text-base">Gallery</h1>
        <FilterBar filter={filter} order={order} onChange={change} />
      </header>
      {gallery.isPending && <Loading className="flex-1" />}
      {gallery.error && images.length === 0 && (
        <ErrorState error={gallery.error} onRetry={() => void gallery.refetch()} />
      )}
      {gallery.data && images.length === 0 && (
        <EmptyState
          icon={<Images size={18} />}
          title={filtered ? 'No image fits' : 'No images yet'}
          action={
            filtered ? (
              <Button onClick={() => change({}, order)}>Clear the filters</Button>
            ) : (
              may('image:import') && (
                <Button asChild variant="primary">
                  <Link href={projectHref(project.id, 'data')}>Import images</Link>
                </Button>
              )
            )
          }
        >
          {filtered
            ? 'Take a filter away to see more.'
            : 'Once images are imported, all of them can be looked through here.'}
        </EmptyState>
      )}
      {images.length > 0 && (
        <VirtualGrid
          items={images}
          keyOf={(image) => image.id}
          minCell={110}
          gap={10}
          caption={22}
          onEnd={onEnd}
          label="Images"
          className="flex-1 p-4"
          onOpen={(_, index) => setOpen(index)}
          {...(mayPick ? { onToggle: toggle } : {})}
          render={(image, { index, size }) => (
            <GalleryCell
              image={image}
              size={size}
              selected={selected.has(image.id)}
              selecting={selected.size > 0}
              mayPick={mayPick}
              onOpen={() => setOpen(index)}
              onToggle={(range) => toggle(image, index, range)}
            />
          )}
        />
      )}
      {selected.size > 0 && <BulkBar selected={[...selected]} onClear={clear} />}
      <ImageSheet
        imageId={open === null ? null : (images[open]?.id ?? null)}
        onClose={() => setOpen(null)}
        onPrevious={open !== null && open > 0 ? () => setOpen(open - 1) : null}
        onNext={open !== null && open < images.length - 1 ? () => setOpen(open + 1) : null}
      />
    </div>
  );
}
