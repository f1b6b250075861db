'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Images, Map as MapIcon } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useRef, useState } from 'react';
import { parseGallery, countFilters, parseOpen, writeGallery } from './gallery-filter.ts';
import type { GalleryFilter, GalleryOrder } from './gallery-filter.ts';
import { useText } from '../../../_text/text.tsx';
import { useHotkeys } from '../../../_keys/keys.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { useAnnouncePresence, useEvent } from '../../../_lib/socket.ts';
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
import { neighbours } from './neighbours.ts';
import { useGallery } from './use-gallery.ts';
import type { GalleryImage } from './use-gallery.ts';

/** Most images that are picked one by one. */
const SELECT_MOST = 1000;

/** What the gallery shows stands in its address, so that Back, a reload and a colleague see the same. */
function useGalleryAddress() {
  const { may } = useProject();
  const path = usePathname();
  const search = useSearchParams();
  const { filter, order } = useMemo(() => parseGallery(new URLSearchParams(search), may), [search, may]);
  const open = parseOpen(new URLSearchParams(search));
  /** The entry below this one in the history is the gallery itself. */
  const pushed = useRef(false);
  const go = (how: 'push' | 'replace', next: { filter: GalleryFilter; order: GalleryOrder; open: string | null }) => {
    const address = writeGallery(next.filter, next.order, next.open);
    const url = address === '' ? path : `${path}?${address}`;
    if (how === 'push') window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
  };
  return {
    filter,
    order,
    open,
    change: (next: GalleryFilter, nextOrder: GalleryOrder) => {
      pushed.current = false;
      go('push', { filter: next, order: nextOrder, open: null });
    },
    openImage: (id: string) => {
      // From one image to the next: Back leads to the gallery, not through all that were seen.
      go(open === null ? 'push' : 'replace', { filter, order, open: id });
      if (open === null) pushed.current = true;
    },
    close: () => {
      if (pushed.current) window.history.back();
      else go('replace', { filter, order, open: null });
      pushed.current = false;
    },
  };
}

/** How many images the filter finds; null while they are counted. */
function useCount(projectId: string, filter: GalleryFilter, order: GalleryOrder) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEvent('images:changed', (event) => {
    if (event.projectId === projectId) void queryClient.invalidateQueries(trpc.gallery.pathFilter());
  });
  return useQuery(trpc.gallery.count.queryOptions({ projectId, ...filter, order }, { staleTime: 30_000 })).data ?? null;
}

export function GalleryPage() {
  const { t } = useText();
  const { project, may } = useProject();
  const { filter, order, open, ...address } = useGalleryAddress();
  const gallery = useGallery(project.id, filter, order);
  const count = useCount(project.id, filter, order);
  const images = useMemo(() => gallery.data?.pages.flatMap((page) => page.images) ?? [], [gallery.data]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const [anchor, setAnchor] = useState(0);
  const place = open === null ? -1 : images.findIndex(({ id }) => id === open);
  useAnnouncePresence(project.id, 'gallery', open);
  const clear = useCallback(() => {
    setSelected(new Set());
    setAll(false);
  }, []);
  useHotkeys({ Escape: open === null ? clear : null });

  const change = (next: GalleryFilter, nextOrder: GalleryOrder) => {
    clear();
    address.change(next, nextOrder);
  };
  const toggle = (image: GalleryImage, index: number, range: boolean) => {
    const next = new Set(selected);
    if (range) {
      for (const one of images.slice(Math.min(anchor, index), Math.max(anchor, index) + 1))
        if (next.size < SELECT_MOST) next.add(one.id);
    } else if (!next.delete(image.id) && next.size < SELECT_MOST) next.add(image.id);
    setAll(false);
    setSelected(next);
    setAnchor(index);
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = gallery;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const filtered = countFilters(filter) > 0;
  const mayPick = may('annotation:submit');
  const [seen, setSeen] = useState({ open, place });
  if (open !== seen.open || (place >= 0 && place !== seen.place)) setSeen({ open, place });
  const { previous, next } = neighbours(images, { place, seen: seen.place });
  const stepTo = (image: GalleryImage | null) => image && (() => address.openImage(image.id));

  return (
    <div className="flex h-[calc(100dvh-3rem)] flex-col max-md:h-[calc(100dvh-6.5rem)]">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-panel px-4 py-2.5">
        <h1 className="text-base">{t('shell.nav.gallery')}</h1>
        <span className="-ml-2 text-sm text-muted tabular" aria-live="polite">
          {count !== null && t(count.more ? 'gallery.over' : 'gallery.count', { count: count.images })}
        </span>
        <Button asChild size="sm" variant="ghost" className="ml-auto">
          <Link href={projectHref(project.id, 'gallery/map')}>
            <MapIcon size={14} aria-hidden /> {t('title.map')}
          </Link>
        </Button>
        <div className="w-full min-w-0">
          <FilterBar filter={filter} order={order} onChange={change} />
        </div>
      </header>
      {gallery.isPending && <Loading className="flex-1" />}
      {gallery.error && images.length === 0 && (
        <ErrorState error={gallery.error} onRetry={() => void gallery.refetch()} />
      )}
      {gallery.data && images.length === 0 && (
        <EmptyState
          icon={<Images size={18} />}
          title={filtered ? t('gallery.noneFits') : t('hand.noImages')}
          action={
            filtered ? (
              <Button onClick={() => change({}, order)}>{t('gallery.clearFilters')}</Button>
            ) : (
              may('image:import') && (
                <Button asChild variant="primary">
                  <Link href={projectHref(project.id, 'data')}>{t('next.importImages')}</Link>
                </Button>
              )
            )
          }
        >
          {t(filtered ? 'gallery.takeAway' : 'gallery.onceImported')}
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
          label={t('gallery.images')}
          className="flex-1 p-4"
          onOpen={(image) => address.openImage(image.id)}
          {...(mayPick ? { onToggle: toggle } : {})}
          render={(image, { index, size }) => (
            <GalleryCell
              image={image}
              size={size}
              selected={all || selected.has(image.id)}
              selecting={all || selected.size > 0}
              mayPick={mayPick}
              onOpen={() => address.openImage(image.id)}
              onToggle={(range) => toggle(image, index, range)}
            />
          )}
        />
      )}
      <BulkBar
        selected={[...selected]}
        all={all}
        filter={filter}
        count={count}
        onAll={() => setAll(true)}
        onClear={clear}
      />
      <ImageSheet
        imageId={open}
        found={filter}
        onClose={address.close}
        onPrevious={stepTo(previous)}
        onNext={stepTo(next)}
      />
    </div>
  );
}
