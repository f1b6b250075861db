'use client';
import { useEffect, useEffectEvent } from 'react';
import { readClassKey, readControl } from '#core/labeling/key-press.ts';
import type { ControlKey } from '#core/labeling/key-press.ts';
import { hasOverlay, isApple, isTextField } from '../_keys/keys.ts';

export interface KeyHandlers {
  /** A plain letter or digit, lower case. True when it meant something. */
  onCharacter: (key: string) => boolean;
  /** True when it meant something. */
  onControl: (key: ControlKey) => boolean;
}

/** What decides does so once, however long it is held. */
const ONCE: ReadonlySet<ControlKey> = new Set(['Space', 'Enter']);

/** One listener for the page's keys. */
export function useKeys({ onCharacter, onControl }: KeyHandlers): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (isTextField(event.target) || hasOverlay()) return;
    const control = readControl(event, isApple());
    if (control !== null && ONCE.has(control) && event.repeat) {
      // Nor does the button under the focus take it.
      event.preventDefault();
      return;
    }
    if (control !== null) {
      if (isButtonKey(control, event.target) || !onControl(control)) return;
      event.preventDefault();
      return;
    }
    const character = event.repeat ? null : readClassKey(event, isApple());
    if (character !== null && onCharacter(character)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

/** Space and Enter on a button that was reached by Tab press that button. */
const isButtonKey = (key: ControlKey, target: EventTarget | null): boolean =>
  ONCE.has(key) && target instanceof HTMLElement && target.matches('button:focus-visible, a:focus-visible');
