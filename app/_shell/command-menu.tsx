'use client';
import { Command, defaultFilter } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { foldText } from '#core/text/search.ts';
import { useText } from '../_text/text.tsx';
import { hotkeyText, useHotkeys } from '../_keys/keys.ts';
import { Kbd } from '../_ui/kbd.tsx';

export interface CommandEntry {
  id: string;
  label: string;
  group: string;
  icon?: ReactNode;
  /** Shown at the right. */
  hint?: string;
  /** More words to find it by. */
  keywords?: string[];
  run: () => void;
}

/** Go anywhere by name; opens and closes by its hotkey. */
export function CommandMenu({
  entries,
  open,
  onOpenChange,
}: {
  entries: readonly CommandEntry[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { t, locale } = useText();
  useHotkeys({ 'Mod+k': () => onOpenChange(!open) }, 'everywhere');
  const groups = [...new Set(entries.map((entry) => entry.group))];
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-[12dvh] z-50 mx-auto max-w-xl animate-pop overflow-hidden rounded-xl bg-raised
          shadow-pop outline-none"
        >
          <Dialog.Title className="sr-only">{t('shell.goTo')}</Dialog.Title>
          <Command
            label={t('shell.goTo')}
            loop
            filter={(value, typed, words) =>
              defaultFilter(
                foldText(value, locale),
                foldText(typed, locale),
                words?.map((one) => foldText(one, locale)),
              )
            }
          >
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Search size={16} className="text-faint" aria-hidden />
              <Command.Input
                placeholder={t('shell.goToPlaceholder')}
                className="h-11 w-full bg-transparent text-base outline-none"
              />
              <Kbd>{hotkeyText('Escape')}</Kbd>
            </div>
            <Command.List className="max-h-[50dvh] overflow-y-auto p-1.5">
              <Command.Empty className="py-8 text-center text-sm text-muted">{t('shell.noSuchName')}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1
                  [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
                >
                  {entries
                    .filter((entry) => entry.group === group)
                    .map((entry) => (
                      <Command.Item
                        key={entry.id}
                        value={`${entry.label} ${entry.id}`}
                        keywords={entry.keywords ?? []}
                        onSelect={() => {
                          onOpenChange(false);
                          entry.run();
                        }}
                        className="flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 text-sm
                        data-[selected=true]:bg-hover [&_svg]:text-faint"
                      >
                        {entry.icon}
                        <span className="flex-1 truncate">{entry.label}</span>
                        {entry.hint !== undefined && <span className="text-xs text-muted">{entry.hint}</span>}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
