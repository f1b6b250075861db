'use client';
import { useEffect, useEffectEvent } from 'react';
import { readHotkey, writeHotkey } from '#core/labeling/key-press.ts';
import type { KeyPress } from '#core/labeling/key-press.ts';

/** Is this one of Apple's machines, whose shortcuts are written and pressed with the command key? */
export const isApple = (): boolean =>
  typeof navigator !== 'undefined' && /Mac|iPhone|iPad|iPod/.test(navigator.platform);

/** The hotkey that was pressed, as readHotkey writes it. */
export const hotkeyOf = (press: KeyPress): string | null => readHotkey(press, isApple());

/** How the machine at hand writes a hotkey: ⌘K or Ctrl+K. */
export const hotkeyText = (hotkey: string): string => writeHotkey(hotkey, isApple());

export const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** A dialog or a menu is open: keys are theirs. */
export const hasOverlay = (): boolean =>
  document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;

/**
 * An input method is still putting a word together in a text field: its Enter takes the word and nothing else. Safari
 * ends the composition before it tells of that key, hence the old number.
 */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

/**
 * Runs what a hotkey stands for, by one listener. In text fields only chords count. A key held down counts once,
 * but for the arrows.
 *
 * @param where Pages give way to dialogs and menus; what is itself one, or opens one, listens everywhere
 */
export function useHotkeys(
  handlers: Readonly<Record<string, (() => void) | null>>,
  where: 'page' | 'everywhere' = 'page',
): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const hotkey = hotkeyOf(event);
    const handler = hotkey === null ? null : handlers[hotkey];
    if (!handler || (event.repeat && !hotkey?.startsWith('Arrow')) || (where === 'page' && hasOverlay())) return;
    if (isTextField(event.target) && (!hotkey?.startsWith('Mod+') || event.isComposing)) return;
    event.preventDefault();
    handler();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}
