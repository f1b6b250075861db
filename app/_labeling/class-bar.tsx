'use client';
import { Search } from 'lucide-react';
import { memo, useState } from 'react';
import type { KeyboardEvent, Ref } from 'react';
import type { ClassInfo } from '#core/project/project.ts';
import { searchNames } from '#core/text/search.ts';
import { useText } from '../_text/text.tsx';
import { hotkeyOf, isComposing } from '../_keys/keys.ts';
import { ClassSwatch } from '../_ui/class-badge.tsx';
import { Input } from '../_ui/form/field.tsx';
import { Kbd } from '../_ui/kbd.tsx';
import { useLift } from './touch/use-lift.ts';

/** Classes shown as buttons before the search box takes over. */
const SHOWN = 24;
/** From here on a search box is worth its place. */
const SEARCH_FROM = 10;

/**
 * The classes as buttons with their keys; with many of them, a search box that Enter decides from. Drawn anew only when
 * something in it changes: give it an `onChoose` that stays.
 */
export const ClassBar = memo(function ClassBar({
  classes,
  keyOf,
  chosen,
  disabled,
  onChoose,
  searchRef,
}: {
  classes: readonly ClassInfo[];
  keyOf: ReadonlyMap<string, string>;
  /** The answer given before, after an undo. */
  chosen: string | null;
  disabled: boolean;
  onChoose: (classId: string) => void;
  searchRef: Ref<HTMLInputElement>;
}) {
  const { t, locale } = useText();
  const [text, setText] = useState('');
  const found = searchNames(classes, text, locale);
  const shown = found.slice(0, SHOWN);
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event.nativeEvent)) return;
    const key = hotkeyOf(event);
    if (key === 'Escape') {
      setText('');
      event.currentTarget.blur();
    } else if (key === 'Enter' && shown[0] !== undefined && text.trim() !== '') {
      event.preventDefault();
      if (event.repeat) return;
      onChoose(shown[0].id);
      setText('');
    }
  };
  return (
    <div className="border-t border-line bg-panel p-2">
      {classes.length > SEARCH_FROM && (
        <div className="relative mb-2 max-w-sm">
          <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
          <Input
            ref={searchRef}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKey}
            placeholder={t('hand.searchClasses', { count: classes.length })}
            aria-label={t('hand.search')}
            className="pr-8 pl-8"
          />
          <span className="absolute top-1/2 right-2 -translate-y-1/2 pointer-coarse:hidden">
            <Kbd>/</Kbd>
          </span>
        </div>
      )}
      <div
        role="group"
        aria-label={t('hand.classes')}
        className="grid max-h-[min(10.5rem,30dvh)] grid-cols-2 gap-1.5 overflow-y-auto p-px
        sm:grid-cols-[repeat(auto-fit,minmax(7.25rem,1fr))]"
      >
        {shown.map((item) => (
          <ClassButton
            key={item.id}
            look={item}
            hotkey={keyOf.get(item.id) ?? null}
            chosen={chosen === item.id}
            disabled={disabled}
            onChoose={onChoose}
          />
        ))}
        {shown.length === 0 && (
          <p className="col-span-full px-1 py-2 text-sm text-muted">{t('hand.noSuchClass', { name: text.trim() })}</p>
        )}
      </div>
      {found.length > SHOWN && (
        <p className="mt-1.5 text-xs text-muted">{t('hand.moreClasses', { count: found.length - SHOWN })}</p>
      )}
    </div>
  );
});

const ClassButton = memo(function ClassButton({
  look,
  hotkey,
  chosen,
  disabled,
  onChoose,
}: {
  look: ClassInfo;
  hotkey: string | null;
  chosen: boolean;
  disabled: boolean;
  onChoose: (classId: string) => void;
}) {
  const lift = useLift(() => onChoose(look.id));
  return (
    <button
      type="button"
      disabled={disabled}
      aria-pressed={chosen}
      {...lift}
      className="flex h-10 min-w-0 items-center gap-2 rounded-md border border-line-strong bg-raised px-2.5 text-sm
      font-medium shadow-low hover:bg-hover active:bg-press disabled:opacity-50
      aria-pressed:border-accent aria-pressed:bg-accent-soft"
    >
      <ClassSwatch look={look} size={14} />
      <span className="min-w-0 flex-1 truncate text-left">{look.name}</span>
      {hotkey !== null && <Kbd className="max-sm:hidden pointer-coarse:hidden">{hotkey.toUpperCase()}</Kbd>}
    </button>
  );
});
