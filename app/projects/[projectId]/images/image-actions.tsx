'use client';
import { Ellipsis } from 'lucide-react';
import { layoutKeys } from '#core/labeling/hotkeys.ts';
import { useText } from '../../../_text/text.tsx';
import { useHotkeys } from '../../../_keys/keys.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { ClassSwatch } from '../../../_ui/class-badge.tsx';
import { Kbd } from '../../../_ui/kbd.tsx';
import { ChangeMenu } from '../gallery/change-menu.tsx';
import type { GalleryFilter } from '../gallery/gallery-filter.ts';
import { useBulk } from '../gallery/use-gallery.ts';
import { useStroke } from '../gallery/use-stroke.ts';
import type { ImageStory } from './image-story.ts';
import { readReason } from '../gallery/aside-reason.ts';

/** Classes shown as buttons; with more, the label page is the place. */
const SHOWN = 12;

/** For leads: labels an image by a click or its class's key, and puts right what came in wrong; Delete deletes. */
export function ImageActions({ image, found }: { image: ImageStory['image']; found: GalleryFilter }) {
  const { t, format } = useText();
  const { project, classes } = useProject();
  const bulk = useBulk(project.id, () => undefined);
  const stroke = useStroke(project.id);
  const keys = layoutKeys(classes, project.settings.hotkeyLayout);
  const keyOf = new Map([...keys].map(([key, classId]) => [classId, key]));
  const decide = (classId: string) => {
    if (!bulk.busy) bulk.decide([image.id], classId);
  };
  const change = (what: Parameters<typeof stroke.run>[0]) => {
    if (!stroke.busy) stroke.run(what, { kind: 'images', imageIds: [image.id], found });
  };
  useHotkeys(
    {
      ...Object.fromEntries([...keys].map(([key, classId]) => [key, () => decide(classId)])),
      Delete: image.aside?.kind === 'deleted' ? null : () => change({ kind: 'delete' }),
    },
    'everywhere',
  );
  return (
    <div className="space-y-3">
      {image.aside !== null && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {[
            t(`image.aside.${image.aside.kind}`, { date: format.date(image.aside.createdAt) }),
            ...(image.aside.by === null ? [] : [t('image.aside.by', { name: image.aside.by })]),
          ].join(' ')}
          {image.aside.reason !== '' && `: ${readReason(image.aside.reason, { t })}`}
        </p>
      )}
      <div role="group" aria-label={t('image.labelThis')} className="flex flex-wrap gap-1.5">
        {classes.slice(0, SHOWN).map((one) => (
          <Button
            key={one.id}
            size="sm"
            aria-pressed={one.id === image.consensusClassId}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
            icon={<ClassSwatch look={one} />}
            disabled={bulk.busy}
            onClick={() => decide(one.id)}
          >
            <span className="max-w-32 truncate">{one.name}</span>
            {keyOf.has(one.id) && (
              <Kbd className="pointer-coarse:hidden">{(keyOf.get(one.id) ?? '').toUpperCase()}</Kbd>
            )}
          </Button>
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {image.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
        <ChangeMenu
          side="bottom"
          aside={image.aside !== null}
          tags={image.tags}
          onChange={change}
          trigger={
            <Button size="sm" variant="ghost" icon={<Ellipsis size={13} />} busy={stroke.busy}>
              {t('image.change')}
            </Button>
          }
        />
      </div>
    </div>
  );
}
