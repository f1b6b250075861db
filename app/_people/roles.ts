import type { Role } from '#core/people/access.ts';

/** Roles in words. */
export const ROLE_WORDS: Record<Role, { label: string; does: string }> = {
  owner: { label: 'Owner', does: 'everything, with people, deletion and webhooks.' },
  lead: { label: 'Lead', does: 'projects, data, runs and exports; answers where people disagree.' },
  annotator: { label: 'Annotator', does: 'labels and reviews images.' },
  viewer: { label: 'Viewer', does: 'looks, and changes nothing.' },
};
