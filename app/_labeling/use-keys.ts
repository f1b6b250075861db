'use client';
import { useEffect, useEffectEvent } from 'react';

/** Names of keys that decide nothing; letters and digits belong to the classes. */
export type ControlKey =
  | 'Space'
  | 'Backspace'
  | 'Enter'
  | '/'
  | '.'
  | ','
  | '\\'
  | '+'
  | '-'
  | '0+'
  | 'ArrowLeft'
  | 'ArrowRight'
  | 'ArrowUp'
  | 'ArrowDown'
  | 'Escape';

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** A dialog or a menu is open: keys are theirs. */
const overlay = (): boolean => document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;

export interface KeyHandlers {
  /** A plain letter or digit, lower case. True when it meant something. */
  onCharacter: (key: string, event: KeyboardEvent) => boolean;
  /** True when it meant something. */
  onControl: (key: ControlKey, event: KeyboardEvent) => boolean;
}

/** One listener for the page's keys. A key held down decides once. */
export function useKeys({ onCharacter, onControl }: KeyHandlers): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (inField(event.target) || overlay()) return;
    const key = controlOf(event);
    if (key !== null) {
      if (isButtonKey(event) || !onControl(key, event)) return;
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.key.length !== 1) return;
    const character = event.key.toLowerCase();
    if (/^[0-9a-z]$/.test(character) && onCharacter(character, event)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

/** Space and Enter on a button that was reached by Tab press that button. */
const isButtonKey = (event: KeyboardEvent): boolean =>
  (event.key === ' ' || event.key === 'Enter') &&
  event.target instanceof HTMLElement &&
  event.target.matches('button:focus-visible, a:focus-visible');

function controlOf(event: KeyboardEvent): ControlKey | null {
  const chord = event.ctrlKey || event.metaKey;
  if (chord && !event.altKey && event.key.toLowerCase() === 'z') return 'Backspace';
  if (chord || event.altKey) return null;
  if (event.key === ' ') return event.repeat ? null : 'Space';
  if (event.key === '=' || event.key === '+') return '+';
  if (event.key === ')') return '0+';
  const plain: readonly string[] = [
    'Backspace',
    'Enter',
    '/',
    '.',
    ',',
    '\\',
    '-',
    'ArrowLeft',
    'ArrowRight',
    'ArrowUp',
    'ArrowDown',
    'Escape',
  ];
  return plain.includes(event.key) ? (event.key as ControlKey) : null;
}
