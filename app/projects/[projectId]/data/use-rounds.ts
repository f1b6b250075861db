import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../lib/api.ts';
import { useProject } from '../../../shell/project.tsx';

/** Finished rounds of the project as choices, newest run first; control arms are left out. */
export const useRoundChoices = () => {
  const { project } = useProject();
  const trpc = useTRPC();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId: project.id }));
  return (runs.data ?? []).flatMap((run) =>
    run.rounds
      .filter((round) => round.role !== 'control' && round.endedAt !== null)
      .map((round) => ({ value: round.id, label: `Run ${run.number}, ${round.role === 'teacher' ? 'teacher' : `${round.role} ${round.index}`} (${round.model})` }))
      .reverse());
};
