'use client';
import { useQuery } from '@tanstack/react-query';
import { Bell, CircleUserRound, Folder, Moon, Sun, Users } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { can } from '#core/people/access.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { CommandMenu } from './command-menu.tsx';
import type { CommandEntry } from './command-menu.tsx';
import { useMe } from './me.tsx';
import { PROJECT_NAV, projectHref } from './nav.ts';
import { useTheme } from './providers.tsx';

/** The menu of everything that can be gone to from here. */
export function GoTo({
  organizationId,
  project,
  open,
  onOpenChange,
}: {
  organizationId: string | null;
  project?: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { t } = useText();
  const trpc = useTRPC();
  const me = useMe();
  const router = useRouter();
  const { setTheme } = useTheme();
  const projects = useQuery(
    trpc.project.list.queryOptions(
      { organizationId: organizationId ?? '' },
      { enabled: open && organizationId !== null },
    ),
  );
  const role = me.memberships.find((one) => one.organizationId === organizationId)?.role;
  const entries: CommandEntry[] = [];
  if (project !== undefined && role !== undefined) {
    for (const item of PROJECT_NAV) {
      if (!can(role, item.action)) continue;
      entries.push({
        id: item.name,
        label: t(`shell.nav.${item.name}`),
        group: project.name,
        icon: <item.icon size={14} />,
        hint: `G ${item.key.toUpperCase()}`,
        run: () => router.push(projectHref(project.id, item.path)),
      });
    }
  }
  for (const one of projects.data ?? []) {
    entries.push({
      id: one.id,
      label: one.name,
      group: t('shell.projects'),
      icon: <Folder size={14} />,
      run: () => router.push(projectHref(one.id)),
    });
  }
  if (organizationId !== null) {
    entries.push({
      id: 'people',
      label: t('shell.people'),
      group: t('shell.organization'),
      icon: <Users size={14} />,
      run: () => router.push(`/organizations/${organizationId}/members`),
    });
  }
  entries.push(
    {
      id: 'notifications',
      label: t('shell.notifications'),
      group: t('shell.you'),
      icon: <Bell size={14} />,
      run: () => router.push('/notifications'),
    },
    {
      id: 'account',
      label: t('shell.account'),
      group: t('shell.you'),
      icon: <CircleUserRound size={14} />,
      run: () => router.push('/account'),
    },
    {
      id: 'light',
      label: t('shell.lightTheme'),
      group: t('shell.theme'),
      icon: <Sun size={14} />,
      run: () => setTheme('light'),
    },
    {
      id: 'dark',
      label: t('shell.darkTheme'),
      group: t('shell.theme'),
      icon: <Moon size={14} />,
      run: () => setTheme('dark'),
    },
  );
  return <CommandMenu entries={entries} open={open} onOpenChange={onOpenChange} />;
}
