import { DELETED_DAYS } from '#core/image/change.ts';
import type { ImageChange } from '#core/image/change.ts';
import type { Translate } from '#core/text/text.ts';

/** What a change is called while it goes on. */
export const doingWords = (t: Translate, change: ImageChange): string => t(`change.doing.${change.kind}`);

/** What a change has done to so many images. */
function doneWords(t: Translate, change: ImageChange, count: number): string {
  if (change.kind === 'move') return t('change.done.move', { count, split: t(`common.split.${change.split}`) });
  if (change.kind === 'tag' || change.kind === 'untag')
    return t(`change.done.${change.kind}`, { count, tag: change.tag });
  return t(`change.done.${change.kind}`, { count });
}

/** What a stroke did, what it left alone and why, and what it means for runs under way. */
export function describeChange(
  t: Translate,
  change: ImageChange,
  { changed, kept, runs }: { changed: number; kept: number; runs: readonly number[] },
): { title: string; description: string } {
  const notes: string[] = [];
  if (kept > 0) notes.push(t('change.kept', { count: kept }));
  if (change.kind === 'delete' && changed > 0) notes.push(t('change.canComeBack', { days: DELETED_DAYS }));
  if (runs.length > 0 && changed > 0 && (change.kind === 'delete' || change.kind === 'exclude'))
    notes.push(t('change.runsGoOn', { count: runs.length, runs: runs.join(', ') }));
  const title = changed === 0 ? t('change.nothing') : doneWords(t, change, changed);
  return { title, description: notes.join(' ') };
}
