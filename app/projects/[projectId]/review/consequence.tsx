'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_lib/api.ts';
import { formatNumber, plural } from '../../../_lib/format.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';

/** What the person's answers led to, once a next round has chosen its pseudo-labels. */
export function Consequence() {
  const trpc = useTRPC();
  const { project } = useProject();
  const consequence = useQuery(trpc.review.consequence.queryOptions({ projectId: project.id }, { staleTime: 60_000 }));
  useEvent('round:ended', () => void consequence.refetch());
  const facts = consequence.data;
  if (!facts || facts.answers === 0) return null;
  const given = facts.fixes > 0 ? plural(facts.fixes, 'fix', 'fixes') : plural(facts.answers, 'answer');
  return (
    <p className="rounded-md bg-accent-soft px-3 py-2 text-sm text-pretty">
      Your {given} went into round {facts.roundIndex} of run {facts.runNumber}:{' '}
      <strong className="font-semibold">{plural(facts.changed, 'pseudo-label')}</strong> changed class,{' '}
      {formatNumber(facts.gained)} came in, {formatNumber(facts.lost)} went out.
    </p>
  );
}
