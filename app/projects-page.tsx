'use client';
import { useQuery } from '@tanstack/react-query';
import { FolderPlus, Plus } from 'lucide-react';
import Link from 'next/link';
import { can } from '#core/people/access.ts';
import { useText } from './_text/text.tsx';
import { useTRPC } from './_lib/api.ts';
import type { Outputs } from './_lib/api.ts';
import { Badge } from './_ui/badge.tsx';
import { Button } from './_ui/form/button.tsx';
import { Page } from './_ui/panel.tsx';
import { Progress } from './_ui/progress.tsx';
import { Skeleton } from './_ui/spinner.tsx';
import { EmptyState, ErrorState } from './_ui/states.tsx';
import { useMe } from './_shell/me.tsx';
import type { Me } from './_shell/me.tsx';
import { projectHref } from './_shell/nav.ts';
import { OrganizationShell } from './_shell/organization-shell.tsx';

/** Every project of the person, by organization. */
export function ProjectsPage() {
  const { t } = useText();
  const me = useMe();
  const [only] = me.memberships;
  if (only === undefined) {
    return (
      <OrganizationShell organizationId={null}>
        <EmptyState title={t('home.noOrganization')}>{t('home.askForLink')}</EmptyState>
      </OrganizationShell>
    );
  }
  return (
    <OrganizationShell organizationId={only.organizationId}>
      {me.memberships.map((membership) => (
        <OrganizationProjects
          key={membership.organizationId}
          membership={membership}
          alone={me.memberships.length === 1}
        />
      ))}
    </OrganizationShell>
  );
}

function OrganizationProjects({ membership, alone }: { membership: Me['memberships'][number]; alone: boolean }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { organizationId, organizationName, role } = membership;
  const projects = useQuery(trpc.project.list.queryOptions({ organizationId }));
  const mayCreate = can(role, 'project:create');
  const create = (
    <Button asChild variant="primary">
      <Link href={`/projects/new?organization=${organizationId}`}>
        <Plus size={14} aria-hidden /> {t('home.newProject')}
      </Link>
    </Button>
  );
  return (
    <Page title={alone ? t('home.projects') : organizationName} actions={mayCreate && create}>
      {projects.isPending && (
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {[0, 1, 2].map((key) => (
            <Skeleton key={key} className="h-32" />
          ))}
        </div>
      )}
      {projects.error && <ErrorState error={projects.error} onRetry={() => void projects.refetch()} />}
      {projects.data?.length === 0 && (
        <EmptyState
          icon={<FolderPlus size={18} />}
          title={t('home.noProjects')}
          action={mayCreate && create}
          className="rounded-lg border border-dashed border-line-strong"
        >
          {t(mayCreate ? 'home.makeOne' : 'home.waitForOne')}
        </EmptyState>
      )}
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {projects.data?.map((project) => (
          <li key={project.id}>
            <ProjectCard project={project} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function ProjectCard({ project }: { project: Outputs['project']['list'][number] }) {
  const { t, format } = useText();
  return (
    <Link
      href={projectHref(project.id)}
      className="group flex h-full min-h-32 flex-col rounded-lg border border-line bg-panel p-4 transition-colors
      hover:border-line-strong focus-visible:rounded-lg"
    >
      <span className="flex items-center gap-2">
        <span className="truncate font-semibold tracking-tight group-hover:text-accent-text">{project.name}</span>
        {project.status === 'paused' && <Badge tone="warn">{t('home.paused')}</Badge>}
      </span>
      <span className="mt-0.5 line-clamp-2 text-sm text-muted">
        {project.description ||
          (project.images === 0 ? t('home.noImages') : t('home.started', { when: format.relative(project.createdAt) }))}
      </span>
      <span className="mt-auto block space-y-1.5 pt-4">
        <span className="flex justify-between text-xs text-muted tabular">
          <span>{t('home.labeledOf', { labeled: project.labeled, total: project.images })}</span>
          <span>{project.images > 0 && format.percent(project.labeled / project.images, 0)}</span>
        </span>
        <Progress
          bare
          label={t('home.labeled', { project: project.name })}
          done={project.labeled}
          total={Math.max(1, project.images)}
        />
      </span>
    </Link>
  );
}
