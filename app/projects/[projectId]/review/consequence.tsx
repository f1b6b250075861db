'use client';
import { useQuery } from '@tanstack/react-query';
import { useText, Said } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';

/** What the person's answers led to, once a next round has chosen its pseudo-labels. */
export function Consequence() {
  const { t, format } = useText();
  const trpc = useTRPC();
  const { project } = useProject();
  const consequence = useQuery(trpc.review.consequence.queryOptions({ projectId: project.id }, { staleTime: 60_000 }));
  useEvent('round:ended', () => void consequence.refetch());
  const facts = consequence.data;
  if (!facts || facts.answers === 0) return null;
  const { round, run, gained, lost } = {
    round: String(facts.roundIndex),
    run: String(facts.runNumber),
    gained: format.number(facts.gained),
    lost: format.number(facts.lost),
  };
  const changed = <strong className="font-semibold">{t('review.pseudoLabels', { count: facts.changed })}</strong>;
  return (
    <p className="rounded-md bg-accent-soft px-3 py-2 text-sm text-pretty">
      {facts.fixes > 0 ? (
        <Said of="review.consequenceFixes" with={{ count: facts.fixes, round, run, changed, gained, lost }} />
      ) : (
        <Said of="review.consequenceAnswers" with={{ count: facts.answers, round, run, changed, gained, lost }} />
      )}
    </p>
  );
}
