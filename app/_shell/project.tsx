'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { createContext, use, useEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import { can } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { readError } from '../_lib/error.ts';
import { useEvent, useProjectRoom, useReconnect } from '../_lib/socket.ts';
import { Button } from '../_ui/form/button.tsx';
import { ErrorState } from '../_ui/states.tsx';
import { RequireMe } from './me.tsx';
import { Loading } from '../_ui/spinner.tsx';

export type Project = Outputs['project']['get'];
export type ProjectClass = Project['classes'][number];

interface ProjectWords {
  project: Project;
  /** In their order. */
  classes: readonly ProjectClass[];
  classById: ReadonlyMap<string, ProjectClass>;
  me: Project['me'];
  /** May the signed-in member do this here? */
  may: (action: Action) => boolean;
}

const ProjectContext = createContext<ProjectWords | null>(null);

/** Each class by its id, and by those of the classes that were merged into it: what was said before names these. */
function withSecondNames(
  classes: readonly ProjectClass[],
  merged: Project['merged'],
): ReadonlyMap<string, ProjectClass> {
  const byId = new Map(classes.map((one) => [one.id, one]));
  for (const { id, intoId } of merged) {
    const into = byId.get(intoId ?? '');
    if (into) byId.set(id, into);
  }
  return byId;
}

/** The project of the page, its classes, and what the member may do. */
export const useProject = (): ProjectWords => {
  const words = use(ProjectContext);
  if (words === null) throw new Error('useProject needs ProjectGate around it.');
  return words;
};

/** Asks for the person and the project in one request, then shows the page to those who may see it. */
export function ProjectGate({ projectId, children }: { projectId: string; children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEffect(() => {
    void queryClient.prefetchQuery(trpc.project.get.queryOptions({ projectId }, { staleTime: 60_000 }));
  }, [queryClient, trpc, projectId]);
  return (
    <RequireMe>
      <ProjectProvider projectId={projectId}>{children}</ProjectProvider>
    </RequireMe>
  );
}

/**
 * Loads the project, joins its room, and keeps both fresh; after a reconnect everything on the page is asked for again.
 */
function ProjectProvider({ projectId, children }: { projectId: string; children: ReactNode }) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useQuery(trpc.project.get.queryOptions({ projectId }, { staleTime: 60_000 }));
  useProjectRoom(projectId);
  const refresh = () => void queryClient.invalidateQueries(trpc.project.get.queryFilter({ projectId }));
  useEvent('project:changed', (event) => event.projectId === projectId && refresh());
  useEvent('class:changed', (event) => event.projectId === projectId && refresh());
  useEvent('member:changed', refresh);
  useReconnect(() => void queryClient.invalidateQueries());

  const project = query.data;
  const words = useMemo<ProjectWords | null>(() => {
    if (project === undefined) return null;
    const classes = [...project.classes].sort((a, b) => a.position - b.position);
    return {
      project,
      classes,
      classById: withSecondNames(classes, project.merged),
      me: project.me,
      may: (action) => can(project.me.role, action),
    };
  }, [project]);

  const lost = query.error !== null && ['NOT_FOUND', 'FORBIDDEN', 'UNAUTHORIZED'].includes(readError(query.error).code);
  if (query.error && (lost || words === null))
    return (
      <ErrorState
        error={query.error}
        onRetry={lost ? undefined : () => void query.refetch()}
        className="min-h-[60dvh]"
        action={
          lost && (
            <Button asChild>
              <Link href="/">{t('common.allProjects')}</Link>
            </Button>
          )
        }
      />
    );
  if (words === null) return <Loading className="min-h-[60dvh]" />;
  return <ProjectContext value={words}>{children}</ProjectContext>;
}
