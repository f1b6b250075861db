'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Bookmark, X } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { byName } from '../../../_text/by-name.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { readError } from '../../../_lib/error.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Input } from '../../../_ui/form/field.tsx';
import { Popover } from '../../../_ui/menu.tsx';
import { countFilters, parseGallery, writeGallery } from './gallery-filter.ts';
import type { GalleryFilter, GalleryOrder } from './gallery-filter.ts';

export interface ViewsMenuProps {
  filter: GalleryFilter;
  order: GalleryOrder;
  onOpen: (filter: GalleryFilter, order: GalleryOrder) => void;
}

/** What people found before and named; the one on screen can be kept. */
export function ViewsMenu({ filter, order, onOpen }: ViewsMenuProps) {
  const { t, locale } = useText();
  const { project, me, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const views = useQuery(trpc.gallery.views.queryOptions({ projectId: project.id }));
  const refresh = () => void queryClient.invalidateQueries(trpc.gallery.views.queryFilter({ projectId: project.id }));
  const save = useMutation(
    trpc.gallery.saveView.mutationOptions({
      onSuccess: () => {
        setName('');
        refresh();
      },
    }),
  );
  const remove = useMutation(trpc.gallery.removeView.mutationOptions({ onSettled: refresh }));
  /** As the address says it, and without what this member may not find images by. */
  const addressOf = (view: { order?: GalleryOrder } & GalleryFilter): string => {
    const { order: itsOrder = 'steady', ...its } = view;
    const read = parseGallery(new URLSearchParams(writeGallery(its, itsOrder)), may);
    return writeGallery(read.filter, read.order);
  };
  const here = writeGallery(filter, order);
  const current = (here === '' ? null : views.data?.find(({ view }) => addressOf(view) === here)) ?? null;
  const canSave = may('annotation:submit') && current === null && (countFilters(filter) > 0 || order !== 'steady');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ projectId: project.id, name: name.trim(), view: { ...filter, order } });
  };
  return (
    <Popover
      label={t('gallery.savedViews')}
      align="start"
      className="w-72"
      trigger={
        <Button size="sm" icon={<Bookmark size={13} />}>
          <span className="max-w-32 truncate">{current?.name ?? t('gallery.views')}</span>
        </Button>
      }
    >
      <div className="space-y-3">
        {views.data?.length === 0 && <p className="text-sm text-muted">{t('gallery.noViews')}</p>}
        {views.data !== undefined && views.data.length > 0 && (
          <ul className="-mx-1 max-h-64 overflow-y-auto p-1" aria-label={t('gallery.savedViews')}>
            {byName(views.data, locale).map((one) => (
              <li key={one.id} className="flex items-center gap-1">
                <button
                  type="button"
                  className="min-w-0 flex-1 truncate rounded-md px-2 py-1.5 text-left text-sm hover:bg-sunken"
                  aria-current={one.id === current?.id}
                  onClick={() => {
                    const read = parseGallery(new URLSearchParams(addressOf(one.view)), may);
                    onOpen(read.filter, read.order);
                  }}
                >
                  <span className={one.id === current?.id ? 'font-medium text-accent' : ''}>{one.name}</span>
                </button>
                {(one.memberId === me.memberId || may('image:change')) && (
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label={t('gallery.deleteView', { name: one.name })}
                    icon={<X size={13} />}
                    onClick={() => remove.mutate({ projectId: project.id, viewId: one.id })}
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {canSave && (
          <form onSubmit={submit} className="flex gap-2 border-t border-line pt-3">
            <Input
              aria-label={t('gallery.viewName')}
              placeholder={t('gallery.nameView')}
              value={name}
              maxLength={60}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
            <Button type="submit" size="sm" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
              {t('common.save')}
            </Button>
          </form>
        )}
        {save.error && <p className="text-sm text-bad">{readError(save.error).message}</p>}
      </div>
    </Popover>
  );
}
