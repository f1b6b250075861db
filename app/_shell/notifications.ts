import type { Translate } from '#core/text/text.ts';
import type { Outputs } from '../_lib/api.ts';
import { projectHref } from './nav.ts';

export type Notification = Outputs['notification']['list'][number];

const nameOfRun = (t: Translate, number: number, name: string): string =>
  name === '' ? t('shell.run', { number: String(number) }) : t('shell.runNamed', { number: String(number), name });

/** What the bell says of one. */
export function wordsOf(
  t: Translate,
  { kind, runNumber, runName }: Pick<Notification, 'kind' | 'runNumber' | 'runName'>,
): string {
  if (kind === 'review:waiting') return t('shell.said.review:waiting');
  return t(`shell.said.${kind}`, {
    run: runNumber === null ? t('shell.aRun') : nameOfRun(t, runNumber, runName ?? ''),
  });
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
