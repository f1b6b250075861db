import type { DomainEvent } from '../events.ts';
import { can, ROLES } from './access.ts';
import type { Role } from './access.ts';

const leads = ROLES.filter((role) => can(role, 'run:control'));
/** Leads learn of what waits for review from their runs. */
const reviewers = ROLES.filter((role) => can(role, 'review:answer') && !leads.includes(role));

/** What the bell tells of a project, and whom. */
const TABLE = {
  'run:finished': leads,
  'run:failed': leads,
  'run:waiting': leads,
  'review:waiting': reviewers,
} as const satisfies Record<string, readonly Role[]>;

export type ProjectNotificationKind = keyof typeof TABLE;
export type NotificationKind = ProjectNotificationKind | 'mention';

export const PROJECT_NOTIFICATION_KINDS = Object.keys(TABLE) as ProjectNotificationKind[];
export const NOTIFICATION_KINDS: readonly [NotificationKind, ...NotificationKind[]] = [
  'mention',
  ...PROJECT_NOTIFICATION_KINDS,
];

/** The roles that are told. */
export const rolesToTell = (kind: ProjectNotificationKind): readonly Role[] => TABLE[kind];

/** A word to be given to those whom it concerns, unless they were given the same within so many seconds. */
export interface ToTell {
  kind: ProjectNotificationKind;
  projectId: string;
  runId: string | null;
  quietSeconds: number;
}

const RUN_KINDS: Partial<Record<string, ProjectNotificationKind>> = {
  finished: 'run:finished',
  failed: 'run:failed',
  'waiting-review': 'run:waiting',
};

/** What an event is to be told as; null for those that nobody needs to hear of elsewhere. */
export function toTell(event: DomainEvent): ToTell | null {
  if (event.name === 'run:changed') {
    const kind = RUN_KINDS[event.status];
    return kind ? { kind, projectId: event.projectId, runId: event.runId, quietSeconds: 60 } : null;
  }
  // Items arrive shard by shard: once an hour is enough, and not before the last word was read.
  if (event.name === 'review:arrived')
    return { kind: 'review:waiting', projectId: event.projectId, runId: null, quietSeconds: 3600 };
  return null;
}
