import type { ClassInfo, ProjectSettings } from '../project/project.ts';

type Layout = ProjectSettings['hotkeyLayout'];

const LETTERS = [...'qwertyuiopasdfghjklzxcvbnm', ...'1234567890'];
/** The keys that a left hand reaches without moving, the easiest first. */
const ONE_HANDED = [...'12345qwertasdfgzxcvb'];

/**
 * The key of each class under a layout. `numbers` takes the keys set on the classes; the other layouts go by position.
 * Classes beyond the keys are chosen by search. Keys are lower case; what decides nothing (space, arrows, punctuation)
 * is never one.
 */
export function layoutKeys(
  classes: readonly Pick<ClassInfo, 'id' | 'hotkey' | 'position'>[],
  layout: Layout,
): Map<string, string> {
  if (layout === 'numbers')
    return new Map(classes.flatMap((item) => (item.hotkey ? [[item.hotkey, item.id] as const] : [])));
  const keys = layout === 'letters' ? LETTERS : ONE_HANDED;
  const ordered = [...classes].sort((a, b) => a.position - b.position);
  return new Map(
    ordered.flatMap((item, index) => (keys[index] === undefined ? [] : [[keys[index], item.id] as const])),
  );
}
