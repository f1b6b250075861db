import { DELETED_DAYS } from '#core/image/change.ts';
import type { ImageChange } from '#core/image/change.ts';
import { plural } from '../../../_lib/format.ts';

/** What a change is called while it goes on and when it is done. */
export function changeWords(change: ImageChange): { doing: string; done: string } {
  switch (change.kind) {
    case 'exclude': {
      return { doing: 'Excluding', done: 'excluded' };
    }
    case 'delete': {
      return { doing: 'Deleting', done: 'deleted' };
    }
    case 'restore': {
      return { doing: 'Bringing back', done: 'back in the project' };
    }
    case 'move': {
      return { doing: 'Moving', done: `moved to ${change.split}` };
    }
    case 'tag': {
      return { doing: 'Tagging', done: `tagged “${change.tag}”` };
    }
    case 'untag': {
      return { doing: 'Taking the tag off', done: `without the tag “${change.tag}”` };
    }
    default: {
      return change satisfies never;
    }
  }
}

/** What a stroke did, what it left alone and why, and what it means for runs under way. */
export function describeChange(
  change: ImageChange,
  { changed, kept, runs }: { changed: number; kept: number; runs: readonly number[] },
): { title: string; description: string } {
  const notes: string[] = [];
  if (kept > 0)
    notes.push(
      `${plural(kept, 'image')} stay${kept === 1 ? 's' : ''} in the pool: a model chose ` +
        `${kept === 1 ? 'it' : 'them'} for people, and what is measured on stays a random draw.`,
    );
  if (change.kind === 'delete' && changed > 0) notes.push(`Can be taken back for ${DELETED_DAYS} days, under Deleted.`);
  if (runs.length > 0 && changed > 0 && (change.kind === 'delete' || change.kind === 'exclude'))
    notes.push(
      `${runs.length === 1 ? 'Run' : 'Runs'} ${runs.join(', ')} ${runs.length === 1 ? 'goes' : 'go'} on with what ` +
        'the rounds have frozen; later rounds leave these out.',
    );
  const title = changed === 0 ? 'Nothing was changed' : `${plural(changed, 'image')} ${changeWords(change).done}`;
  return { title, description: notes.join(' ') };
}
