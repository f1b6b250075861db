/** Who may do what: the one table that procedures, sockets, media URLs and the UI all ask. */

export const ROLES = ['owner', 'lead', 'annotator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const everyone: readonly Role[] = ['owner', 'lead', 'annotator', 'viewer'];
const annotators: readonly Role[] = ['owner', 'lead', 'annotator'];
const leads: readonly Role[] = ['owner', 'lead'];
const owners: readonly Role[] = ['owner'];

const TABLE = {
  'organization:read': everyone,
  'organization:update': owners,
  'member:list': everyone,
  'member:invite': leads,
  'member:choose-projects': leads,
  'member:reset-password': leads,
  'member:change-role': owners,
  'member:remove': owners,
  'activity:list': leads,
  'token:manage': leads,
  'token:oversee': owners,
  'webhook:manage': owners,
  'trainer:list': leads,
  'project:read': everyone,
  'project:create': leads,
  'project:update': leads,
  'project:delete': owners,
  'class:manage': leads,
  'image:read': everyone,
  'image:import': leads,
  /** To delete, exclude, move between splits or tag images. */
  'image:change': leads,
  'image:assign': leads,
  'annotation:submit': annotators,
  'annotation:adjudicate': leads,
  'comment:create': annotators,
  'review:answer': annotators,
  'review:manage': leads,
  'team:watch': leads,
  'run:read': everyone,
  'run:start': leads,
  'run:control': leads,
  'round:decide': leads,
  /**
   * To find, sort and pick images by what a model says of them. Below it a model's answer comes image by image, as
   * REVIEW-6 has it.
   */
  'prediction:browse': leads,
  'snapshot:create': leads,
  'snapshot:read': leads,
  /** To have pictures predicted, which tells what a model says of any image, and to choose the model that does it. */
  'model:ask': leads,
  'model:promote': leads,
  'export:create': leads,
  'export:read': leads,
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof TABLE;
export const ACTIONS = Object.keys(TABLE) as Action[];

/** May a member with this role do this? */
export const can = (role: Role, action: Action): boolean => TABLE[action].includes(role);

/** Whom a member invites, gives projects to and resets the password of: an owner anybody, a lead those below a lead. */
export const mayRun = (role: Role, target: Role): boolean => role === 'owner' || !can(target, 'member:invite');
