'use client';
import { useQuery } from '@tanstack/react-query';
import { Ban, MoveRight, RotateCcw, Tags, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { SPLITS } from '#core/project/project.ts';
import type { ImageChange } from '#core/image/change.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Dialog } from '../../../_ui/dialog.tsx';
import { Field, Input } from '../../../_ui/form/field.tsx';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../../../_ui/menu.tsx';
import { keepReason, REASONS } from './aside-reason.ts';

/** What is wrong with images most often. */

/** What can be done to images that came in wrong; the words that are needed are asked for in a small dialog. */
export function ChangeMenu({
  trigger,
  aside,
  side = 'top',
  tags = [],
  onChange,
}: {
  trigger: ReactNode;
  /** They have been put aside: they can come back. */
  aside: boolean;
  side?: 'top' | 'bottom';
  /** Tags that can be taken off. */
  tags?: readonly string[];
  onChange: (change: ImageChange) => void;
}) {
  const { t } = useText();
  const [asking, setAsking] = useState<'reason' | 'tag' | null>(null);
  return (
    <>
      <Menu align="center" side={side} trigger={trigger}>
        {aside && (
          <MenuItem icon={<RotateCcw size={14} />} onSelect={() => onChange({ kind: 'restore' })}>
            {t('gallery.bringBack')}
          </MenuItem>
        )}
        <MenuItem icon={<Tags size={14} />} onSelect={() => setAsking('tag')}>
          {t('gallery.tagMore')}
        </MenuItem>
        {tags.map((tag) => (
          <MenuItem key={tag} icon={<Tags size={14} />} onSelect={() => onChange({ kind: 'untag', tag })}>
            {t('gallery.takeTagOff', { tag })}
          </MenuItem>
        ))}
        {!aside && (
          <>
            <MenuSeparator />
            <MenuLabel>{t('gallery.move')}</MenuLabel>
            {SPLITS.map((split) => (
              <MenuItem key={split} icon={<MoveRight size={14} />} onSelect={() => onChange({ kind: 'move', split })}>
                {t(`gallery.to.${split}`)}
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuItem icon={<Ban size={14} />} onSelect={() => setAsking('reason')}>
              {t('gallery.excludeMore')}
            </MenuItem>
          </>
        )}
        <MenuItem danger icon={<Trash2 size={14} />} onSelect={() => onChange({ kind: 'delete' })}>
          {t('gallery.delete')}
        </MenuItem>
      </Menu>
      <WordDialog
        key={asking}
        asking={asking}
        onClose={() => setAsking(null)}
        onWord={(word) =>
          onChange(asking === 'tag' ? { kind: 'tag', tag: word } : { kind: 'exclude', reason: keepReason(word, { t }) })
        }
      />
    </>
  );
}

function WordDialog({
  asking,
  onClose,
  onWord,
}: {
  asking: 'reason' | 'tag' | null;
  onClose: () => void;
  onWord: (word: string) => void;
}) {
  const { t } = useText();
  const { project } = useProject();
  const trpc = useTRPC();
  const [word, setWord] = useState('');
  const shelves = useQuery(trpc.gallery.shelves.queryOptions({ projectId: project.id }, { enabled: asking === 'tag' }));
  const isTag = asking === 'tag';
  const offered = isTag
    ? (shelves.data?.tags.map(({ tag }) => tag) ?? []).slice(0, 12)
    : REASONS.map((one) => t(`gallery.reason.${one}`));
  return (
    <Dialog
      open={asking !== null}
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={t(isTag ? 'gallery.tagImages' : 'gallery.excludeImages')}
      description={t(isTag ? 'gallery.tagWhy' : 'gallery.excludeWhy')}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          onClose();
          onWord(word.trim());
        }}
      >
        <Field label={t(isTag ? 'gallery.tag' : 'gallery.reason')} optional={!isTag}>
          <Input
            value={word}
            maxLength={isTag ? 60 : 300}
            autoComplete="off"
            onChange={(event) => setWord(event.target.value)}
          />
        </Field>
        {offered.length > 0 && (
          <div className="mt-2 flex flex-wrap gap-1.5">
            {offered.map((one) => (
              <Button key={one} size="sm" variant="ghost" onClick={() => setWord(one)}>
                {one}
              </Button>
            ))}
          </div>
        )}
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" disabled={isTag && word.trim() === ''}>
            {t(isTag ? 'gallery.tag' : 'gallery.exclude')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
