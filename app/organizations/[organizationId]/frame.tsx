'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { createContext, use } from 'react';
import type { ReactNode } from 'react';
import { can } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import { useText } from '../../_text/text.tsx';
import { useMe } from '../../_shell/me.tsx';
import type { Me } from '../../_shell/me.tsx';
import { OrganizationShell } from '../../_shell/organization-shell.tsx';
import { EmptyState } from '../../_ui/states.tsx';
import { tabClasses } from '../../_ui/tabs.tsx';

interface OrganizationWords {
  membership: Me['memberships'][number];
  may: (action: Action) => boolean;
}
const OrganizationContext = createContext<OrganizationWords | null>(null);

/** The organization of the page and what the member may do in it. */
export const useOrganization = (): OrganizationWords => {
  const words = use(OrganizationContext);
  if (words === null) throw new Error('useOrganization needs OrganizationFrame around it.');
  return words;
};

const PAGES = [
  { path: 'members', action: 'member:list' },
  { path: 'activity', action: 'activity:list' },
  { path: 'trainers', action: 'trainer:list' },
  { path: 'tokens', action: 'token:manage' },
  { path: 'webhooks', action: 'webhook:manage' },
  { path: 'settings', action: 'organization:update' },
] as const;

export function OrganizationFrame({ organizationId, children }: { organizationId: string; children: ReactNode }) {
  const { t } = useText();
  const me = useMe();
  const path = usePathname();
  const membership = me.memberships.find((one) => one.organizationId === organizationId);
  if (membership === undefined) {
    return (
      <OrganizationShell organizationId={null}>
        <EmptyState title={t('error.title.NOT_FOUND')}>{t('error.notFound.organization')}</EmptyState>
      </OrganizationShell>
    );
  }
  const may = (action: Action) => can(membership.role, action);
  return (
    <OrganizationContext value={{ membership, may }}>
      <OrganizationShell organizationId={organizationId}>
        <nav aria-label={membership.organizationName} className="border-b border-line bg-panel">
          <ul
            className="mx-auto flex max-w-7xl gap-1 overflow-x-auto overflow-y-hidden [scrollbar-width:none] px-3
          sm:px-5"
          >
            {PAGES.filter((page) => may(page.action)).map((page) => {
              const href = `/organizations/${organizationId}/${page.path}`;
              return (
                <li key={page.path}>
                  <Link href={href} aria-current={path === href ? 'page' : undefined} className={tabClasses}>
                    {t(`organization.page.${page.path}`)}
                  </Link>
                </li>
              );
            })}
          </ul>
        </nav>
        {children}
      </OrganizationShell>
    </OrganizationContext>
  );
}
