import {
  ChartSpline,
  CircleCheck,
  Database,
  Grid3x3,
  Images,
  LayoutDashboard,
  Settings2,
  Tags,
  Users,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { Action } from '#core/people/access.ts';
import type { Key } from '#core/text/text.ts';

type NavName = Key extends infer One ? (One extends `shell.nav.${infer Name}` ? Name : never) : never;

export interface NavItem {
  /** Path below the project; empty is the overview. */
  path: string;
  /** Another address below the project that belongs to the same room. */
  also?: string;
  /** What it is called: `shell.nav.` and this. */
  name: NavName;
  icon: LucideIcon;
  /** Second key after G. */
  key: string;
  action: Action;
}

/** The rooms of a project, in the order of the work. */
export const PROJECT_NAV: readonly NavItem[] = [
  { path: '', name: 'overview', icon: LayoutDashboard, key: 'o', action: 'project:read' },
  { path: 'label', name: 'label', icon: Tags, key: 'l', action: 'annotation:submit' },
  { path: 'review', name: 'review', icon: CircleCheck, key: 'v', action: 'review:answer' },
  { path: 'grid', name: 'grid', icon: Grid3x3, key: 'i', action: 'annotation:submit' },
  { path: 'gallery', also: 'images', name: 'gallery', icon: Images, key: 'a', action: 'image:read' },
  { path: 'runs', also: 'try', name: 'runs', icon: ChartSpline, key: 'r', action: 'run:read' },
  { path: 'data', name: 'data', icon: Database, key: 'd', action: 'image:import' },
  { path: 'team', name: 'team', icon: Users, key: 't', action: 'team:watch' },
  { path: 'settings', name: 'settings', icon: Settings2, key: 's', action: 'project:update' },
];

export const projectHref = (projectId: string, path = ''): string =>
  `/projects/${projectId}${path === '' ? '' : `/${path}`}`;

/** The image of a mention, with its comments at the one that mentions. */
export const mentionHref = (mention: { projectId: string; imageId: string; commentId: string }): string =>
  `${projectHref(mention.projectId, `images/${mention.imageId}`)}?comment=${mention.commentId}`;

/** Is this the room of an address? The overview only on its own address. */
export const isCurrent = (pathname: string, projectId: string, { path, also }: NavItem): boolean =>
  [path, ...(also === undefined ? [] : [also])].some((one) => {
    const href = projectHref(projectId, one);
    return pathname === href || (one !== '' && pathname.startsWith(`${href}/`));
  });
