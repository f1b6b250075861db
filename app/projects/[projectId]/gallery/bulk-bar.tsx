'use client';
import { useQuery } from '@tanstack/react-query';
import { Ellipsis, Flag, FlagOff, Tag, UserRound, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ImageChange } from '#core/image/change.ts';
import { byName } from '../../../_text/by-name.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { ClassSwatch } from '../../../_ui/class-badge.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Menu, MenuItem } from '../../../_ui/menu.tsx';
import { ChangeMenu } from './change-menu.tsx';
import { doingWords } from './change-words.ts';
import type { GalleryFilter } from './gallery-filter.ts';
import { StrokeProgress } from './stroke-progress.tsx';
import { useBulk } from './use-gallery.ts';
import { useStroke } from './use-stroke.ts';

export interface BulkBarProps {
  selected: readonly string[];
  /** All that the filter finds, not only these. */
  all: boolean;
  filter: GalleryFilter;
  /** How many the filter finds; null while they are counted. */
  count: { images: number; more: boolean } | null;
  onAll: () => void;
  onClear: () => void;
  /** What else can be done where they were found. */
  children?: ReactNode;
}

/** Most images that one call takes; a change goes on in as many calls as it needs. */
const TOGETHER_MOST = 1000;

/** What can be done with the selected images; floats over the grid while any is selected. */
export function BulkBar({ selected, all, filter, count, onAll, onClear, children }: BulkBarProps) {
  const { t } = useText();
  const { project, may } = useProject();
  const stroke = useStroke(project.id, onClear);
  const [asked, setAsked] = useState<ImageChange | null>(null);
  const found = count === null ? null : count.more ? null : count.images;
  const change = (what: ImageChange) => {
    if (all) setAsked(what);
    else stroke.run(what, { kind: 'images', imageIds: selected, found: filter });
  };
  if (stroke.progress !== null) return <StrokeProgress stroke={stroke.progress} onStop={stroke.stop} />;
  if (selected.length === 0 && !all) return null;
  return (
    <div
      role="toolbar"
      aria-label={t('gallery.selectedImages')}
      className="fixed bottom-4 left-1/2 z-20 flex max-w-[96vw] -translate-x-1/2 animate-pop items-center gap-1.5
      overflow-x-auto rounded-xl bg-raised p-1.5 pl-3.5 shadow-pop max-md:bottom-18"
    >
      <span className="pr-2 text-sm font-medium whitespace-nowrap tabular" aria-live="polite">
        {all
          ? found === null
            ? t('gallery.allFound')
            : t('gallery.allFoundCount', { count: found })
          : t('gallery.selected', { count: selected.length })}
      </span>
      {!all && may('image:change') && count !== null && count.images > selected.length && (
        <Button size="sm" variant="ghost" onClick={onAll}>
          {found === null ? t('gallery.allFound') : t('gallery.allCount', { count: found })}
        </Button>
      )}
      {children}
      {!all && selected.length <= TOGETHER_MOST && <SelectionTools ids={selected} onDone={onClear} />}
      {may('image:change') && (
        <ChangeMenu
          aside={filter.aside != null}
          tags={filter.tag == null ? [] : [filter.tag]}
          onChange={change}
          trigger={
            <Button size="sm" icon={<Ellipsis size={13} />}>
              {t('gallery.change')}
            </Button>
          }
        />
      )}
      <IconButton label={t('gallery.clearSelection')} size="sm" shortcut="Escape" onClick={onClear}>
        <X size={14} aria-hidden />
      </IconButton>
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        danger={asked?.kind === 'delete'}
        title={found === null ? t('gallery.allAsked') : t('gallery.imagesAsked', { count: found })}
        action={asked === null ? '' : t('gallery.goOn', { doing: doingWords(t, asked) })}
        onConfirm={() => {
          if (asked !== null) stroke.run(asked, { kind: 'filter', filter, total: found });
        }}
      >
        {t('gallery.reachesAll')}
      </Confirm>
    </div>
  );
}

/** What is done to images picked one by one: a label, a flag, somebody to look at them. */
function SelectionTools({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const { t, locale } = useText();
  const { project, classes, may } = useProject();
  const trpc = useTRPC();
  const members = useQuery(
    trpc.project.members.queryOptions({ projectId: project.id }, { enabled: may('image:assign') }),
  );
  const bulk = useBulk(project.id, onDone);
  const imageIds = [...ids];
  return (
    <>
      {may('annotation:adjudicate') && (
        <Menu
          align="center"
          side="top"
          trigger={
            <Button size="sm" icon={<Tag size={13} />} disabled={bulk.busy || classes.length === 0}>
              {t('gallery.label')}
            </Button>
          }
        >
          {classes.map((one) => (
            <MenuItem key={one.id} icon={<ClassSwatch look={one} />} onSelect={() => bulk.decide(imageIds, one.id)}>
              {one.name}
            </MenuItem>
          ))}
        </Menu>
      )}
      <IconButton label={t('hand.flag')} size="sm" disabled={bulk.busy} onClick={() => bulk.flag(imageIds, true)}>
        <Flag size={14} aria-hidden />
      </IconButton>
      <IconButton label={t('hand.unflag')} size="sm" disabled={bulk.busy} onClick={() => bulk.flag(imageIds, false)}>
        <FlagOff size={14} aria-hidden />
      </IconButton>
      {may('image:assign') && (
        <Menu
          align="center"
          side="top"
          trigger={
            <Button size="sm" variant="ghost" icon={<UserRound size={13} />} disabled={bulk.busy}>
              {t('gallery.assign')}
            </Button>
          }
        >
          <MenuItem onSelect={() => bulk.assign(imageIds, null)}>{t('gallery.toEverybody')}</MenuItem>
          {byName(members.data ?? [], locale)
            .filter((one) => one.role !== 'viewer')
            .map((one) => (
              <MenuItem key={one.memberId} onSelect={() => bulk.assign(imageIds, one.memberId)}>
                {one.name}
              </MenuItem>
            ))}
        </Menu>
      )}
    </>
  );
}
