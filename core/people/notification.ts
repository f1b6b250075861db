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
export const NOTIFICATION_KINDS: readonly NotificationKind[] = [...PROJECT_NOTIFICATION_KINDS, 'mention'];

/** The roles that are told. */
export const rolesToTell = (kind: ProjectNotificationKind): readonly Role[] => TABLE[kind];
