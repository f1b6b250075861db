import { ROLES } from '#core/people/access.ts';
import { ROUND_ROLES } from '#core/run/learning.ts';
import type { Spoken } from '../../../_text/text.tsx';

/** What is recorded, in the order of the filter; an action that is missing here is shown as it was recorded. */
export const ACTIONS = [
  'organization:created',
  'invitation:created',
  'member:joined',
  'member:removed',
  'member:projects-chosen',
  'member:paused',
  'member:resumed',
  'account:linked',
  'password:reset-link-made',
  'password:reset',
  'role:changed',
  'project:created',
  'project:changed',
  'project:deleted',
  'class:merged',
  'class:unmerged',
  'class:deleted',
  'backbone:imported',
  'backbone:removed',
  'webhook:created',
  'import:ended',
  'import:failed',
  'source:added',
  'source:changed',
  'source:removed',
  'source:taken',
  'source:hook-made',
  'source:hook-removed',
  'validation:drawn',
  'look-alikes:moved',
  'look-alikes:returned',
  'images:exclude',
  'images:delete',
  'images:restore',
  'images:move',
  'images:tag',
  'images:untag',
  'images:undo',
  'run:started',
  'run:thresholds-set',
  'review:queued',
  'run:paused',
  'run:resumed',
  'run:cancelled',
  'run:described',
  'run:archived',
  'run:unarchived',
  'run:deleted',
  'run:went-on',
  'round:accepted',
  'round:rolled-back',
  'model:promoted',
  'model:rolled-back',
  'snapshot:created',
  'export:created',
] as const;

/** What was done, in words that stand behind a name. */
export const whatOf = (action: string, { told, locale }: Spoken): string =>
  (told(`activity.what.${action}`, {}) ?? action).toLocaleLowerCase(locale);

/**
 * What it was done to. A name stands as it was recorded; what the record says of itself (roles, counts, runs) has been
 * written in English and is said in the language of the page.
 */
export function subjectOf({ action, subject }: { action: string; subject: string | null }, spoken: Spoken) {
  const { t } = spoken;
  if (subject === null) return null;
  if (action === 'invitation:created' || action === 'member:joined') return roleWord(subject, spoken);
  if (action === 'export:created' && subject === 'Labels') return t('activity.labels');
  if (action === 'review:queued' && subject === 'what was asked') return t('activity.asked');
  const images = /^([0-9]+) images?$/.exec(subject);
  if (images) return t('activity.images', { count: Number(images[1]) });
  const round = /^(Teacher|Student|Control|Distilled)( [0-9]+)? of run ([0-9]+)$/.exec(subject);
  const role = ROUND_ROLES.find((one) => one === round?.[1]?.toLowerCase());
  if (round && role) return t(`activity.round.${role}`, { number: round[2] ?? '', run: round[3] ?? '' });
  const run = /^Run ([0-9]+)$/.exec(subject);
  return run ? t('shell.run', { number: run[1] ?? '' }) : subject;
}

const roleWord = (code: string, { t }: Spoken): string => {
  const role = ROLES.find((one) => one === code);
  return role === undefined ? code : t(`people.roleIn.${role}`);
};

/** `{ from: 'viewer', to: 'lead' }` → "from viewer · to lead"; only plain values are shown. */
export const detailOf = (detail: Record<string, unknown>, spoken: Spoken): string =>
  Object.entries(detail)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .map(([key, value]) => {
      const shown = roleWord(String(value), spoken);
      return (
        spoken.told(`activity.detail.${key}`, { value: shown }) ??
        `${key.replaceAll(/([A-Z])/gu, ' $1').toLowerCase()} ${shown}`
      );
    })
    .join(' · ');
