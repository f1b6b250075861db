'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Ellipsis, Merge, NotebookPen, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { CLASS_COLOURS } from '#core/project/project.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { parseClassNames } from '../../../_lib/class-names.ts';
import { hotkeyOf, isComposing } from '../../../_keys/keys.ts';
import { useProject } from '../../../_shell/project.tsx';
import type { ProjectClass } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { ClassSwatch } from '../../../_ui/class-badge.tsx';
import { Input } from '../../../_ui/form/field.tsx';
import { Menu, MenuItem, Popover } from '../../../_ui/menu.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { EmptyState } from '../../../_ui/states.tsx';
import { AboutDialog } from './about-class.tsx';
import { MergeDialog, MergedClasses } from './merge-class.tsx';

/** Classes in their order; each row edits in place. */
export function ClassesPanel() {
  const { t } = useText();
  const { project, classes } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [names, setNames] = useState('');
  const refresh = () => queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId: project.id }));
  const add = useMutation(
    trpc.project.addClasses.mutationOptions({
      onSuccess: async () => {
        setNames('');
        await refresh();
      },
    }),
  );
  const parsed = parseClassNames(names);
  const order = useMutation(trpc.project.orderClasses.mutationOptions({ onSettled: refresh }));
  const swap = (index: number, other: number) => {
    const classIds = classes.map(({ id }) => id);
    [classIds[index], classIds[other]] = [classIds[other] ?? '', classIds[index] ?? ''];
    order.mutate({ projectId: project.id, classIds });
  };
  return (
    <Panel title={t('settings.section.classes')} description={t('settings.classesWhy')}>
      {classes.length === 0 && (
        <EmptyState className="py-8" title={t('hand.noClasses')}>
          {t('settings.nameTwo')}
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {classes.map((one, index) => (
          <ClassRow
            key={one.id}
            one={one}
            onUp={index === 0 || order.isPending ? null : () => swap(index, index - 1)}
            onDown={index === classes.length - 1 || order.isPending ? null : () => swap(index, index + 1)}
          />
        ))}
      </ul>
      <MergedClasses />
      <form
        className="mt-4 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ projectId: project.id, names: parsed });
        }}
      >
        <Input
          aria-label={t('settings.newClasses')}
          placeholder={t('settings.newClassesHint')}
          value={names}
          onChange={(event) => setNames(event.target.value)}
          autoComplete="off"
        />
        <Button type="submit" busy={add.isPending} disabled={parsed.length === 0}>
          {parsed.length > 1 ? t('settings.addCount', { count: parsed.length }) : t('settings.add')}
        </Button>
      </form>
    </Panel>
  );
}

function ClassRow({
  one,
  onUp,
  onDown,
}: {
  one: ProjectClass;
  onUp: (() => void) | null;
  onDown: (() => void) | null;
}) {
  const { t } = useText();
  const { project, classes } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState<string | null>(null);
  const [asking, setAsking] = useState<'about' | 'merge' | 'delete' | null>(null);
  const refresh = () => queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId: project.id }));
  const update = useMutation(trpc.project.updateClass.mutationOptions({ onSettled: refresh }));
  const set = (change: { name?: string; colour?: string; hotkey?: string | null }) =>
    update.mutate({ projectId: project.id, classId: one.id, ...change });
  const commit = () => {
    setName(null);
    if (name !== null && name.trim() !== '' && name.trim() !== one.name) set({ name: name.trim() });
  };
  return (
    <li className="flex items-center gap-2 py-1.5">
      <Popover
        label={t('settings.colourOf', { name: one.name })}
        className="grid grid-cols-6 gap-1"
        trigger={
          <IconButton label={t('settings.colourOf', { name: one.name })} size="sm">
            <ClassSwatch look={one} size={14} />
          </IconButton>
        }
      >
        {CLASS_COLOURS.map((colour) => (
          <button
            key={colour}
            type="button"
            aria-label={colour}
            aria-pressed={colour === one.colour}
            onClick={() => set({ colour })}
            className="flex size-8 items-center justify-center rounded-md hover:bg-hover aria-pressed:bg-press"
          >
            <ClassSwatch look={{ colour, position: one.position }} size={16} />
          </button>
        ))}
      </Popover>
      <Input
        aria-label={t('settings.nameOf', { name: one.name })}
        value={name ?? one.name}
        maxLength={100}
        className="flex-1 !border-transparent !shadow-none hover:!border-line-strong"
        onChange={(event) => setName(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) =>
          hotkeyOf(event) === 'Enter' && !isComposing(event.nativeEvent) && event.currentTarget.blur()
        }
      />
      <Input
        aria-label={t('settings.keyOf', { name: one.name })}
        value={(one.hotkey ?? '').toUpperCase()}
        maxLength={1}
        placeholder="–"
        className="w-10 text-center"
        onChange={() => undefined}
        onKeyDown={(event) => {
          const key = hotkeyOf(event);
          if (key !== null && /^[0-9a-z]$/.test(key)) set({ hotkey: key });
          else if (key === 'Backspace' || key === 'Delete') set({ hotkey: null });
        }}
      />
      <span className="flex max-sm:hidden">
        <IconButton
          label={t('settings.moveUp', { name: one.name })}
          size="sm"
          disabled={onUp === null}
          onClick={() => onUp?.()}
        >
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={t('settings.moveDown', { name: one.name })}
          size="sm"
          disabled={onDown === null}
          onClick={() => onDown?.()}
        >
          <ArrowDown size={14} aria-hidden />
        </IconButton>
      </span>
      <Menu
        trigger={
          <IconButton label={t('settings.moreAbout', { name: one.name })} size="sm">
            <Ellipsis size={14} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<NotebookPen size={14} />} onSelect={() => setAsking('about')}>
          {t('settings.describe')}
        </MenuItem>
        <MenuItem icon={<Merge size={14} />} disabled={classes.length < 2} onSelect={() => setAsking('merge')}>
          {t('settings.mergeInto')}
        </MenuItem>
        <MenuItem danger icon={<Trash2 size={14} />} onSelect={() => setAsking('delete')}>
          {t('settings.deleteMore')}
        </MenuItem>
      </Menu>
      {asking === 'about' && <AboutDialog one={one} onClose={() => setAsking(null)} />}
      {(asking === 'merge' || asking === 'delete') && (
        <MergeDialog one={one} deleting={asking === 'delete'} onClose={() => setAsking(null)} />
      )}
    </li>
  );
}
