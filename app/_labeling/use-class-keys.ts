'use client';
import { useMemo } from 'react';
import type { RefObject } from 'react';
import { layoutKeys } from '#core/labeling/hotkeys.ts';
import type { ControlKey } from '#core/labeling/key-press.ts';
import { useProject } from '../_shell/project.tsx';
import { useKeys } from './use-keys.ts';
import type { KeyHandlers } from './use-keys.ts';
import { zoomBy } from './stage/view.ts';
import type { View } from './stage/view.ts';

/**
 * The keys of a page that asks for a class: each class has its own, "/" leads to the search, `onControl` knows the
 * others. Returns the key of each class.
 */
export function useClassKeys({
  onClass,
  onControl,
  searchRef,
}: {
  onClass: (classId: string) => void;
  onControl: KeyHandlers['onControl'];
  searchRef: RefObject<HTMLInputElement | null>;
}): ReadonlyMap<string, string> {
  const { project, classes } = useProject();
  const byKey = useMemo(
    () => layoutKeys(classes, project.settings.hotkeyLayout),
    [classes, project.settings.hotkeyLayout],
  );
  useKeys({
    onCharacter: (key) => {
      const classId = byKey.get(key);
      if (classId !== undefined) onClass(classId);
      return classId !== undefined;
    },
    onControl: (key) => {
      if (key !== '/') return onControl(key);
      searchRef.current?.focus();
      return true;
    },
  });
  return useMemo(() => new Map([...byKey].map(([key, classId]) => [classId, key])), [byKey]);
}

/** What every page that shows one image at a time does by the same keys. True when the key is one of them. */
export function pressHandKey(
  key: ControlKey,
  {
    act,
    view,
    onView,
  }: {
    act: {
      skip(reason: string | null): void;
      undo(): void;
      redo(): void;
      flag(): void;
    };
    view: View;
    onView: (view: View) => void;
  },
): boolean {
  if (key === 'Space') act.skip(null);
  else if (key === 'Undo') act.undo();
  else if (key === 'Redo') act.redo();
  else if (key === '.') act.flag();
  else if (key === '+') onView(zoomBy(view, 1.5));
  else if (key === '-') onView(zoomBy(view, 1 / 1.5));
  else return false;
  return true;
}
