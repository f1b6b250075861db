'use client';
import { useQuery } from '@tanstack/react-query';
import { ChevronsUpDown, FolderPlus, Users } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { can } from '#core/people/access.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../_ui/menu.tsx';
import { useMe } from './me.tsx';
import { projectHref } from './nav.ts';

const trigger =
  'flex h-7 min-w-0 items-center gap-1 rounded-md px-1.5 text-sm font-medium hover:bg-hover ' +
  'data-[state=open]:bg-hover max-sm:h-9';

/** Organization crumb: its pages, and the others of the person. */
export function OrganizationSwitch({ organizationId }: { organizationId: string }) {
  const { t } = useText();
  const me = useMe();
  const router = useRouter();
  const here = me.memberships.find((one) => one.organizationId === organizationId);
  if (here === undefined) return null;
  const others = me.memberships.filter((one) => one !== here);
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={`${trigger} text-muted`}>
          <span className="truncate">{here.organizationName}</span>
          <ChevronsUpDown size={12} className="text-faint" aria-hidden />
        </button>
      }
    >
      <MenuItem onSelect={() => router.push('/')}>{t('common.allProjects')}</MenuItem>
      <MenuItem icon={<Users size={14} />} onSelect={() => router.push(`/organizations/${organizationId}/members`)}>
        {t('shell.peopleAndSettings')}
      </MenuItem>
      {others.length > 0 && (
        <>
          <MenuSeparator />
          <MenuLabel>{t('shell.otherOrganizations')}</MenuLabel>
          {others.map((one) => (
            <MenuItem
              key={one.organizationId}
              onSelect={() => router.push(`/organizations/${one.organizationId}/members`)}
            >
              {one.organizationName}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}

/** Project crumb: the other projects of the organization. */
export function ProjectSwitch({
  organizationId,
  projectId,
  name,
}: {
  organizationId: string;
  projectId: string;
  name: string;
}) {
  const trpc = useTRPC();
  const { t } = useText();
  const me = useMe();
  const router = useRouter();
  const projects = useQuery(trpc.project.list.queryOptions({ organizationId }, { staleTime: 60_000 }));
  const role = me.memberships.find((one) => one.organizationId === organizationId)?.role;
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={trigger}>
          <span className="truncate">{name}</span>
          <ChevronsUpDown size={12} className="text-faint" aria-hidden />
        </button>
      }
    >
      {projects.data?.map((project) => (
        <MenuItem
          key={project.id}
          checked={project.id === projectId}
          onSelect={() => router.push(projectHref(project.id))}
        >
          {project.name}
        </MenuItem>
      ))}
      {role !== undefined && can(role, 'project:create') && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={<FolderPlus size={14} />}
            onSelect={() => router.push(`/projects/new?organization=${organizationId}`)}
          >
            {t('shell.newProject')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
