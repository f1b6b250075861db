import { useQuery } from '@tanstack/react-query';
import { runTitle } from '#core/book/run-book.ts';
import { finalRound, isRunEnded, roundName } from '#core/run/run.ts';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';

/**
 * Finished rounds of the project as choices, newest run first, each run's final model marked; control arms are left
 * out.
 */
export const useRoundChoices = () => {
  const { project } = useProject();
  const trpc = useTRPC();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  return (runs.data ?? []).flatMap((run) => {
    const final = isRunEnded(run.status) ? finalRound(run.rounds) : null;
    return run.rounds
      .filter((round) => round.role !== 'control' && round.endedAt !== null)
      .map((round) => ({
        value: round.id,
        isFinal: round.id === final?.id,
        label: `${runTitle(run)}, ${roundName(round).toLowerCase()} (${round.model})${
          round.id === final?.id ? ', ' + 'final model' : ''
        }`,
      }))
      .reverse();
  });
};
