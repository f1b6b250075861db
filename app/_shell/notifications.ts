import { runTitle } from '#core/book/run-book.ts';
import type { NotificationKind } from '#core/people/notification.ts';
import type { Outputs } from '../_lib/api.ts';
import { projectHref } from './nav.ts';

export type Notification = Outputs['notification']['list'][number];

/** What the account page calls each kind. */
export const KIND_WORDS: Record<NotificationKind, string> = {
  mention: 'A colleague mentions me',
  'run:finished': 'A run is finished',
  'run:failed': 'A run has failed',
  'run:waiting': 'A run waits at its gate',
  'review:waiting': 'Images wait for review',
};

/** What the bell says of one. */
export function wordsOf({ kind, runNumber, runName }: Pick<Notification, 'kind' | 'runNumber' | 'runName'>): string {
  if (kind === 'review:waiting') return KIND_WORDS[kind];
  const run = runNumber === null ? 'A run' : runTitle({ number: runNumber, name: runName ?? '' });
  if (kind === 'run:finished') return `${run} is finished`;
  return kind === 'run:failed' ? `${run} has failed` : `${run} waits for you`;
}

export const notificationHref = ({ projectId, runId }: Pick<Notification, 'projectId' | 'runId'>): string =>
  projectHref(projectId, runId === null ? 'review' : `runs/${runId}`);

/** May this browser show notifications of its own? Over plain http none may. */
export const browserPermission = (): NotificationPermission | 'unavailable' =>
  'Notification' in window && window.isSecureContext ? window.Notification.permission : 'unavailable';

/** Shows one outside the page where the person allowed it and looks elsewhere just now. */
export function showOutside(title: string, body: string, tag: string, open: () => void): void {
  if (browserPermission() !== 'granted' || !document.hidden) return;
  try {
    const shown = new window.Notification(title, { body, tag });
    shown.addEventListener('click', () => {
      window.focus();
      open();
      shown.close();
    });
  } catch {
    // Some phones show them from a service worker only; the bell tells all the same.
  }
}
