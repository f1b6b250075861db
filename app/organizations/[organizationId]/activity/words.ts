import { ROLES } from '#core/people/access.ts';
import { ROUND_ROLES } from '#core/run/learning.ts';
import type { RoundRole } from '#core/run/learning.ts';
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

interface Recorded {
  action: string;
  subject: string | null;
}

const COUNTED = /^(images|validation|look-alikes):/;
const OF_MODELS = /^(run|round|review|model|export):/;
/** Whose subject is a run with one of its rounds; that of `run:` ends with a name that somebody chose. */
const WITH_ROUND = /^(model|export):/;
const OF_ROLES = new Set(['role:changed', 'member:removed']);

/**
 * What it was done to. A name stands as it was recorded; what the record says of itself (roles, counts, runs) has been
 * written in English and is said in the language of the page. Which of them it is, the action says: a project may be
 * called "Run 7".
 */
export function subjectOf({ action, subject }: Recorded, spoken: Spoken): string | null {
  const { t } = spoken;
  if (subject === null) return null;
  if (action === 'invitation:created' || action === 'member:joined') return roleWord(subject, spoken);
  if (action === 'export:created' && subject === 'Labels') return t('activity.labels');
  if (action.startsWith('model:') && subject === 'The model that stands best') return t('activity.best');
  if (action === 'review:queued' && subject === 'what was asked') return t('activity.asked');
  const images = COUNTED.test(action) ? /^([0-9]+) images?$/.exec(subject) : null;
  if (images) return t('activity.images', { count: Number(images[1]) });
  return OF_MODELS.test(action) ? modelWords(action, subject, spoken) : subject;
}

/** "Student 2 of run 3", "Student 2", "Run 3 · a name" and "Run 3 · a name, student 2". */
function modelWords(action: string, subject: string, spoken: Spoken): string {
  const { t } = spoken;
  const of = /^(.*) of run ([0-9]+)$/.exec(subject);
  const [role, number] = roundOf(of?.[1] ?? subject);
  if (role && of) return t(`activity.round.${role}`, { number, run: of[2] ?? '' });
  if (role) return t(`activity.model.${role}`, { number });
  const run = /^Run ([0-9]+)($| · .*|, .*)/s.exec(subject);
  if (!run) return subject;
  const [, which = '', rest = ''] = run;
  const title = t('shell.run', { number: which });
  const [, name = '', round = ''] = (WITH_ROUND.test(action) && /^(.*), ([^,]+)$/s.exec(rest)) || [];
  const [its, at] = roundOf(round);
  if (!its) return title + rest;
  const words = t(`activity.model.${its}`, { number: at });
  return `${title}${name}, ${/^[a-z]/.test(round) ? words.toLocaleLowerCase(spoken.locale) : words}`;
}

/** "Student 2" → student and " 2". */
function roundOf(text: string): [role: RoundRole | undefined, number: string] {
  const [, its, number = ''] = /^(Teacher|Student|Control|Distilled)( [0-9]+)?$/i.exec(text) ?? [];
  return [ROUND_ROLES.find((one) => one === its?.toLowerCase()), number];
}

const roleWord = (code: string, { t }: Spoken): string => {
  const role = ROLES.find((one) => one === code);
  return role === undefined ? code : t(`people.roleIn.${role}`);
};

/** `{ from: 'viewer', to: 'lead' }` → "from viewer · to lead"; only plain values are shown. */
export const detailOf = (
  { action, detail }: { action: string; detail: Record<string, unknown> },
  spoken: Spoken,
): string =>
  Object.entries(detail)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .map(([key, value]) => {
      const isRole = OF_ROLES.has(action) && (key === 'from' || key === 'to');
      const shown = isRole ? roleWord(String(value), spoken) : String(value);
      return (
        spoken.told(`activity.detail.${key}`, { value: shown }) ??
        `${key.replaceAll(/([A-Z])/gu, ' $1').toLowerCase()} ${shown}`
      );
    })
    .join(' · ');
