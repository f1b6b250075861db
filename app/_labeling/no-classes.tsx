'use client';
import { useQuery } from '@tanstack/react-query';
import { Tags } from 'lucide-react';
import Link from 'next/link';
import { can } from '#core/people/access.ts';
import { useTRPC } from '../_lib/api.ts';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { Button } from '../_ui/form/button.tsx';
import { EmptyState } from '../_ui/states.tsx';

/** People named at most: more are nobody to ask. */
const NAMED = 3;
const listed = new Intl.ListFormat('en-US', { type: 'disjunction' });

/**
 * Stands where people would label while there is nothing to choose from: leads are led to where classes are made,
 * others told whom to ask.
 */
export function NoClasses() {
  const trpc = useTRPC();
  const { project, may } = useProject();
  const mayMake = may('class:manage');
  const members = useQuery(trpc.project.members.queryOptions({ projectId: project.id }, { enabled: !mayMake }));
  const leads = (members.data ?? [])
    .filter(({ role }) => can(role, 'class:manage'))
    .map(({ name }) => name)
    .slice(0, NAMED);
  return (
    <EmptyState
      icon={<Tags size={18} />}
      title="No classes yet"
      isPage
      className="min-h-[60dvh]"
      action={
        mayMake && (
          <Button asChild variant="primary">
            <Link href={projectHref(project.id, 'settings#classes')}>Make classes</Link>
          </Button>
        )
      }
    >
      {mayMake
        ? 'Labeling needs classes to choose from. Folder names of an import can become classes too.'
        : `Labeling needs classes to choose from. Ask ${
            leads.length === 0 ? 'a ' + 'lead' : listed.format(leads)
          } to make them; this page goes on by itself.`}
    </EmptyState>
  );
}
