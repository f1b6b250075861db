'use client';
import { useQuery } from '@tanstack/react-query';
import { Tags } from 'lucide-react';
import Link from 'next/link';
import { can } from '#core/people/access.ts';
import { useText } from '../_text/text.tsx';
import { useTRPC } from '../_lib/api.ts';
import { projectHref } from '../_shell/nav.ts';
import { useProject } from '../_shell/project.tsx';
import { Button } from '../_ui/form/button.tsx';
import { EmptyState } from '../_ui/states.tsx';

/** People named at most, those who have been here longest first: more are nobody to ask. */
const NAMED = 3;

/**
 * Stands where people would label while there is nothing to choose from: leads are led to where classes are made,
 * others told whom to ask.
 */
export function NoClasses() {
  const { t, format } = useText();
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
      title={t('hand.noClasses')}
      isPage
      className="min-h-[60dvh]"
      action={
        mayMake && (
          <Button asChild variant="primary">
            <Link href={projectHref(project.id, 'settings#classes')}>{t('hand.makeClasses')}</Link>
          </Button>
        )
      }
    >
      {mayMake
        ? t('hand.needsClasses')
        : t('hand.askForClasses', { who: leads.length === 0 ? t('hand.aLead') : format.anyOf(leads) })}
    </EmptyState>
  );
}
